"""A follow-up is recognised by rule and made stand-alone from the codes and the subject before it; a new subject drops them."""

from datetime import date

import pytest

from assistant.answer import Question, Turn
from assistant.question import understand
from corpus.codes import CARC, HCPCS, ICD10CM, MSDRG, POS

TODAY = date(2026, 11, 20)
ON_FILE = {(ICD10CM, value) for value in "E10.42 E11 E11.42 E11.65 E11.9 G62.9 I10 J44 M17.11 M17.12".split()} | {
    (HCPCS, "J1670"),
    (HCPCS, "J0585"),
}
ON_FILE |= {(POS, "11"), (POS, "22"), (CARC, "16"), (CARC, "97"), (MSDRG, "469"), (MSDRG, "470")}
VAX = ("what is CPT 90389?", "**CPT 90389 is tetanus immune globulin, given with 96372.** [1]")
NEURO = ("code for polyneuropathy", "**E11.42: Polyneuropathy** [1]\n- E10.42: another [2]\n- G62.9: a third [3]")
BOOST = ("is a tetanus booster covered by Medicare?", "**Only after an injury.** [1]")


def known(system: str, value: str) -> bool:
    return (system, value) in ON_FILE


def read(*said: str) -> Question:
    """The last of these messages, understood after the others: a person's and the assistant's by turns."""
    turns = [Turn(("user", "assistant")[at % 2], text) for at, text in enumerate(said[:-1])]
    return understand(said[-1], known, TODAY, turns)


DIALOGUES = [  # messages by turns → codes, intent, words that the stand-alone question holds
    # pronouns and leads
    ((*VAX, "is it covered by Medicare?"), "90389", "coverage", ""),
    ((*VAX, "And its administration code?"), "90389", "administration", ""),
    ((*VAX, "is that code valid?"), "90389", "validity", ""),
    ((*VAX, "is that billable"), "90389", "validity", ""),
    ((*VAX, "what about the MUE?"), "90389", "units", ""),
    ((*VAX, "does Aetna cover that?"), "90389", "coverage", "Aetna"),
    ((*VAX, "how much does medicare pay for it"), "90389", "fee", ""),
    ((*VAX, "can it be billed with 96372?"), "90389 96372", "pair", ""),
    ((*VAX, "is it bundled with 99213"), "90389 99213", "pair", ""),
    ((*VAX, "does this vaccine need prior auth?"), "90389", "coverage", ""),
    ((*VAX, "who can give it"), "90389", "aspect", ""),
    ((*VAX, "ok thanks, and is it still active?"), "90389", "validity", ""),
    # without a subject of its own
    ((*VAX, "MUE?"), "90389", "units", ""),
    ((*VAX, "fee?"), "90389", "fee", ""),
    ((*VAX, "still valid?"), "90389", "validity", ""),
    ((*VAX, "covered?"), "90389", "coverage", ""),
    ((*VAX, "is prior authorization required?"), "90389", "coverage", ""),
    ((*VAX, "which modifiers apply?"), "90389", "modifier", ""),
    ((*VAX, "what is the fee"), "90389", "fee", ""),
    # the last question again, with one thing changed
    (("is 90714 covered by Medicare?", "**Yes.** [1]", "and 90715?"), "90715", "coverage", "Medicare"),
    (("is 90714 covered by Medicare?", "**Yes.** [1]", "what about 90702?"), "90702", "coverage", ""),
    (("MUE for 20610", "**2.** [1]", "and 20611?"), "20611", "units", ""),
    (("MUE for 20610", "**2.** [1]", "same for 64483"), "64483", "units", ""),
    (("is E11.65 billable?", "**Yes.** [1]", "and E11?"), "E11", "validity", ""),
    (("fee for 99213 in Texas", "**$1.** [1]", "99214?"), "99214", "fee", "Texas"),
    (("fee for 99213", "**$1.** [1]", "no, I meant 99214"), "99214", "fee", ""),
    (("is 90703 still valid?", "**No.** [1]", "and in 2014?"), "90703", "validity", "2014"),
    (("was 90703 valid in 2014?", "**Yes.** [1]", "and in 2016?"), "90703", "validity", "2016"),
    (("was 90703 valid in 2014?", "**Yes.** [1]", "what about today?"), "90703", "validity", "2026-11-20"),
    ((*BOOST, "for Aetna?"), "", "coverage", "tetanus booster covered by Aetna"),
    ((*BOOST, "and Cigna"), "", "coverage", "tetanus booster covered by Cigna"),
    ((*BOOST, "what about Medicaid in Texas?"), "", "coverage", "Medicaid"),
    (("is 64483 covered?", "**Yes.** [1]", "in Texas?"), "64483", "coverage", "in Texas"),
    (("is 64483 covered in Texas?", "**Yes.** [1]", "in Florida?"), "64483", "coverage", "in Florida"),
    (("is 64483 covered in TX?", "**Yes.** [1]", "FL?"), "64483", "coverage", "in Florida"),
    (("is 64483 covered in Texas?", "**Yes.** [1]", "and for Palmetto?"), "64483", "coverage", "Palmetto"),
    (("can I bill 45380 with 45378?", "**No.** [1]", "and with 45385?"), "45380 45385", "pair", ""),
    (("can I bill 45380 with 45378?", "**No.** [1]", "and 45385?"), "45380 45385", "pair", ""),
    (("can I bill 45380 with 45378?", "**No.** [1]", "what about with modifier 59?"), "45380 45378 59", "pair", ""),
    (("is 20610 allowed with modifier 50?", "**Yes.** [1]", "and RT?"), "20610 RT", None, ""),
    (("what is modifier 25?", "**It says…** [1]", "and 59?"), "59", "definition", ""),
    (("what is POS 11?", "**Office.** [1]", "and 22?"), "22", "definition", ""),
    (("what is DRG 470", "**…** [1]", "469?"), "469", "definition", ""),
    (("what does CO-16 mean?", "**…** [1]", "and 97?"), "97", "denial", ""),
    (("MUE for 20610", "**2.** [1]", "in outpatient hospital?"), "20610", "units", "outpatient hospital"),
    (("can I bill 2 units of 20610?", "**Yes.** [1]", "and 3 units?"), "20610", "units", "3 units"),
    (("what is 99213?", "**A visit.** [1]", "vs 99214?"), "99213 99214", "comparison", ""),
    ((*VAX, "and with modifier 59?"), "90389 59", None, ""),
    ((*VAX, "and with 96372?"), "90389 96372", "pair", ""),
    # numbered references
    ((*NEURO, "the second one"), "E10.42", "definition", ""),
    ((*NEURO, "is the second one billable?"), "E10.42", "validity", ""),
    ((*NEURO, "is option 3 valid?"), "G62.9", "validity", ""),
    ((*NEURO, "is the last one billable"), "G62.9", "validity", ""),
    (("difference between 90714 and 90715", "**…** [1]", "is the first one still valid?"), "90714", "validity", ""),
    (("difference between 90714 and 90715", "**…** [1]", "is the latter covered?"), "90715", "coverage", ""),
    # after a reverse lookup
    ((*NEURO, "is it billable?"), "E11.42", "validity", ""),
    ((*NEURO, "MUE?"), "E11.42", None, ""),
    ((*NEURO, "excludes1?"), "E11.42", "notes", ""),
    (("code for knee osteoarthritis", "**M17.11** [1]", "left"), "", "reverse", "knee osteoarthritis left"),
    (("code for knee osteoarthritis", "**M17.11** [1]", "and bilateral?"), "", "reverse", "knee osteoarthritis bilateral"),
    (("code for type 2 diabetes", "**E11.9** [1]", "with hyperglycemia"), "", "reverse", "type 2 diabetes with hyperglycemia"),
    (("code for hypertension", "**I10** [1]", "what about gout?"), "", "reverse", "code for gout"),
    (("icd 10 for hypertension", "**I10** [1]", "and copd"), "", "reverse", "copd"),
    # a subject without a code
    ((*BOOST, "what if there is no injury?"), "", None, "tetanus booster"),
    (("how is sepsis sequenced?", "**First.** [1]", "what about septic shock?"), "", None, "sepsis"),
    (("what is hospice respite care?", "**…** [1]", "is it covered by Medicare?"), "", "coverage", "hospice respite care"),
    (("when do I report modifier 25", "**…** [1]", "why?"), "25", None, ""),
    # what was said of payer, place and day goes on
    (("is 90389 covered by Aetna in 2024?", "**Yes.** [1]", "does it need prior auth?"), "90389", "coverage", "Aetna, 2024-07-01"),
    (("fee for 99213 in Texas", "**$1.** [1]", "is it covered?"), "99213", "coverage", "in Texas"),
    # wordings that no rule was made for
    (("what is J1670?", "**…** [1]", "how often can it be billed?"), "J1670", None, ""),
    (("is 99441 valid", "**No.** [1]", "what should i use instead"), "99441", None, ""),
    (("MUE for 97110", "**6.** [1]", "and 97140 in the outpatient hospital"), "97140", "units", "outpatient hospital"),
    (("E11.9 hcc?", "**37.** [1]", "how about E11.65 and I10"), "E11.65 I10", "crosswalk", ""),
    (("does Medicare cover home oxygen?", "**Yes.** [1]", "what are the requirements?"), "", None, "home oxygen"),
    (("code for broken arm", "**M17.11** [1]", "make it left"), "", "reverse", "broken arm left"),
    (("can i bill 11042 with 97597", "**No.** [1]", "can a modifier bypass that?"), "11042 97597", None, ""),
    (("can i bill 11042 with 97597", "**No.** [1]", "what if it's a different wound"), "11042 97597", None, ""),
    (("fee for 99213 in Florida", "**$1.** [1]", "what about the facility rate?"), "99213", "fee", "Florida"),
    (("what is CO-97", "**…** [1]", "how do I fix it?"), "97", "denial", ""),
    (("is E11 billable", "**No.** [1]", "which child codes are?"), "E11", None, ""),
    ((*VAX, "how do I sequence sepsis with pneumonia?"), "", None, ""),
    # longer ones
    ((*VAX, "is 90714 a vaccine?", "**It is.** [1]", "is it valid?"), "90714", "validity", ""),
    ((*VAX, "thanks", "You can ask more.", "is it valid?"), "90389", "validity", ""),
    (("is 90714 valid?", "**Yes.** [1]", "and in 2003?", "**No.** [1]", "and 90715?"), "90715", "validity", "2003"),
    (("is 90714 covered?", "**Yes.** [1]", "by Aetna?", "**Yes.** [1]", "and 90715?"), "90715", "coverage", "Aetna"),
    ((*VAX, "MUE?", "**1.** [1]", "and the fee?"), "90389", "fee", ""),
    ((*NEURO, "is the second one billable?", "**Yes.** [1]", "excludes1 notes?"), "E10.42", "notes", ""),
    (("is 90714 covered?", "**Yes.** [1]", "what is an MUE?", "**…** [1]", "for 20610?"), "20610", "units", ""),
    # another subject
    ((*VAX, "how is sepsis sequenced?"), "", "guideline", ""),
    ((*VAX, "what is J1670"), "J1670", "definition", ""),
    ((*VAX, "and what is J1670?"), "J1670", "definition", ""),
    ((*VAX, "excludes1 at J44"), "J44", "notes", ""),
    ((*VAX, "99213"), "99213", "definition", ""),
    ((*VAX, "code for hypertension"), "", "reverse", ""),
    ((*VAX, "so how do I code sepsis?"), "", "reverse", ""),
    ((*VAX, "and what is an MUE?"), "", "guideline", ""),
    ((*VAX, "list all modifiers"), "", "modifiers", ""),
    ((*VAX, "what sources do you have?"), "", "sources", ""),
    ((*VAX, "does Medicare cover acupuncture?"), "", "coverage", ""),
    ((*VAX, "is it ok to bill two visits same day"), "", None, ""),
    ((*VAX, "thanks"), "", "smalltalk", ""),
    ((*VAX, "how do I code a broken wrist", "**…** [1]", "initial encounter"), "", "reverse", "broken wrist initial encounter"),
]


@pytest.mark.parametrize(("said", "codes", "intent", "words"), DIALOGUES)
def test_a_dialogue_ends_in_a_question_that_stands_alone(said: tuple[str, ...], codes: str, intent: str | None, words: str) -> None:
    question = read(*said)
    assert sorted({mention.value for mention in question.mentions}) == sorted(codes.split())
    assert intent in (None, question.intent)
    assert words in question.standalone
    assert question.text == said[-1]
    alone = understand(question.standalone, known, TODAY)
    assert (alone.intent, alone.mentions, alone.on, alone.payer) == (question.intent, question.mentions, question.on, question.payer) or (
        question.intent == "smalltalk"
    )


def test_the_table_is_long_and_each_dialogue_its_own() -> None:
    assert len(DIALOGUES) == len({said for said, *_ in DIALOGUES}) >= 60


def test_a_follow_up_is_searched_in_its_own_words_as_well() -> None:
    question = read(*BOOST, "what if there is no injury?")
    assert "what if there is no injury?" in question.also
    assert any("booster" in text for text in question.also)
    assert read("what if there is no injury?").also == ()


def test_only_the_last_turns_are_looked_back_upon() -> None:
    chatter = ("what is an MUE?", "**A limit.** [1]") * 6
    assert read(*VAX, *chatter, "is it covered?").mentions == ()
