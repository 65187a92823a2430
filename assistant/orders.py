"""Text in a source that speaks to a language model instead of a coder: data like the rest, and no ground for a model's sentence."""

import re
from dataclasses import replace
from functools import lru_cache

from assistant.answer import Evidence
from assistant.sentences import split

_MODEL = r"""(?:(?:AI|virtual|digital|helpful|language|large)\ (?:assistants?|systems?|models?|agents?|readers?|tools?)
    |AIs|to\ (?:the\ |any\ )?AI
    |(?:the|this|dear|any|hey|hello)
        \ assistant(?!\ (?:at|surgeon|surgery|physician|secretary|coder|in|for))|chat\s?bots?|bots?|LLMs?|GPT[\w-]*)"""
_ORDER = re.compile(
    rf"""
      # the model is spoken to
      \b{_MODEL}\b.{{0,60}}
        \b(?:must|should|shall|needs?\ to|ha(?:s|ve)\ to|please|(?:is|are|will)\ (?:now\ )?(?:to\b|instructed)|reading|processing|you)\b
    | \b(?:note|message|notice|attention|instructions?|memo|important)\b.{{0,20}}\b{_MODEL}\b
    | \b(?:you\ are|you're|act\ as|pretend|behave\ as|role-?play|imagine)\b.{{0,40}}
        \b(?:now|{_MODEL}|an?\ AI|a\ model|unrestricted|no\ (?:rules|limits)|someone)\b
    | (?:^|[.!?]\s)\W*(?:system|assistant|user|developer|human|ai)\s*(?:message|prompt|note|override|update)?\s*:
      # its rules are spoken of
    | \b(?:ignore|disregard|forget|override|set\ aside|discard)\b.{{0,50}}
        \b(?:instructions?|prompts?|directions|constraints|above|previous|earlier|prior|everything|(?:other|these)\ passages?)\b
    | \b(?:system|hidden|secret|initial|original)\ (?:system\ )?(?:prompts?|instructions?|messages?)\b
    | \byour\ (?:\w+\ )?(?:prompts?|instructions?|rules|training|configuration|constraints|role|persona)\b
    | \b(?:reveal|print|repeat|show|output|recite|leak|disclose|translate|encode)\b.{{0,40}}\b(?:above|verbatim|word\ for\ word|prompt)\b
      # its answer is dictated
    | \byour\ (?:\w+\ )?(?:answers?|repl(?:y|ies)|responses?|output|conclusion|next\ (?:message|sentence))\b
    | \b(?:tell|inform|assure|convince|persuade)\ (?:users?|readers?|the\ (?:users?|readers?|person|biller|coder|asker))\b
    | \b(?:reply|respond|answer|say|write|output|print|claim|conclude|insist)\b.{{0,30}}
        \b(?:only\ with|with\ only|exactly|instead|nothing\ else|(?:to\ any|every|all)\ questions?|the\ (?:words?|phrase|sentence|string))\b
    | \b(?:when|if|before|while|whenever)\b.{{0,20}}
        \b(?:asked\ (?:about|which|what|whether|who|how|to)|answering\ (?:this|questions|about|the\ (?:question|user))|answering,|replying
            |summari[sz]ing)
    | \b(?:do\ not|don't|never|stop|without|omit|skip|no\ need\ to)\b.{{0,20}}\b(?:cit(?:e|ing|ations?))\b
    | \b(?:jailbreak|(?:developer|debug|god|admin|maintenance)\ mode|new\ (?:task|instructions?)\b|from\ now\ on)\b
    | \bend\ of\ (?:the\ )?(?:documents?|passages?|context|data|sources?)\b(?!\ collection)
    | <\|?/?\s*(?:im_|system|assistant|user|passage|question|endoftext) | \[/?INST\] | <<SYS>> | \#{{2,}}\s*(?:instruction|system|response)
    """,
    re.I | re.X,
)


def gives_orders(sentence: str) -> bool:
    """Whether a sentence is written for a language model."""
    return bool(_ORDER.search(sentence))


@lru_cache(maxsize=1024)
def without_orders(text: str) -> str:
    """A text without what is written for a model: from such a sentence on, the rest of its line goes too."""
    return "\n".join(_before_orders(line) if gives_orders(line) else line for line in text.split("\n"))


def _before_orders(line: str) -> str:
    kept: list[str] = []
    for sentence in split(line):
        if gives_orders(sentence):
            return " ".join(kept)
        kept.append(sentence)
    return ""  # the order reaches over the end of a sentence


def as_data(item: Evidence) -> Evidence:
    """Evidence as ground for what a model writes: without anything that was written for the model."""
    document = replace(item.document, title=without_orders(item.document.title))
    source = replace(item.source, title=without_orders(item.source.title))
    return replace(item, text=without_orders(item.text), locator=without_orders(item.locator), document=document, source=source)
