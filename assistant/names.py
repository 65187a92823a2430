"""Find the names of people in a text: by what announces them, by what follows them, by lists of common names.

Source: US Census Bureau, frequently occurring names from the census of 1990, and some given since; left out are names that are also
words, cities or states (April, Bill, Virginia): those count only after "patient", "Mrs." and the like.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

GIVEN = frozenset(
    """
    aaron abigail adam addison adrian agnes ahmed aiden aisha alan albert alberta alberto alex alexander alexis alfred alfredo alice
    alicia alison allan allen allison alvin amanda amelia amy ana andre andrea andrew andy angel angela angie anil anita ann anna
    anne annette annie anthony antoinette antonio arlene armando arnold arthur ashley audrey ava avery barbara barry beatrice becky
    belinda ben benjamin bernard bernice bertha bessie beth betty beulah beverly billie billy bjorn blanche bob bobbie bobby bonnie
    brad bradley brandi brandon brandy brenda brent brett brian brianna bridget brittany bruce bryan byron caitlin caleb calvin
    cameron camila candace candice carl carla carlos carmen carole caroline carolyn carrie casey cassandra catherine cathy cecil
    cecilia celia chad charlene charles charlie cheryl chester chloe chris christina christine christopher christy cindy claire
    clara clarence claude claudia clayton clifford clifton clinton clyde cody colin colleen connie connor constance cora corey cory
    courtney craig curtis cynthia dan dana daniel danielle danny darlene darnell darrell darren darryl daryl dave david deanna
    debbie deborah debra deepa delores denise dennis derek derrick deshawn diana diane dianne diego dmitri dolores donald donna
    doris dorothy douglas duane dustin dwayne dwight dylan ebony eddie edgar edith edna eduardo edward edwin eileen elaine eleanor
    elijah elizabeth ella ellen elmer elsie emily emma enrique eric erica erik erika erin ernest esther ethan ethel eugene eunice
    eva evelyn everett fannie fatima faye felicia felix fernando floyd frances francis francisco franklin fred freddie frederick
    gabriel gail gary gavin gayle genevieve george gerald geraldine gertrude gilbert gina giovanni gladys glenda glenn gloria gordon
    greg gregory guadalupe gwendolyn hailey hannah harold harper harriet harry harvey hassan hattie hector heidi helen henry herbert
    herman hilda hiroshi howard hugh hung ian ibrahim inez ingrid irene irma isaac isabel isabella isaiah ivan jacob jacqueline
    jacques jaden jaime jamal james jamie jane janet janice janie jared jason javier jayden jeanette jeanne jeannette jeff jeffery
    jeffrey jennie jennifer jenny jeremy jerome jerry jesse jessica jessie jill jim jimmie jimmy jin joan joann joanna joanne jodi
    joe joel john johnnie johnny jon jonathan jorge jose joseph josephine joshua joyce juan juana juanita judith judy julia julian
    julie julio justin kaitlyn karen karl karla katarzyna katherine kathleen kathryn kathy katie katrina kayla keisha keith kelli
    kelly kelsey ken kenji kenneth kent kevin kim kimberly kirk kristen kristi kristin kristina kristine kristy kurt kyle lakisha
    landon larry lars latoya laura lauren laurie lawrence layla leah lena leon leona leonard leroy leslie lester levi lewis liam
    lillian lillie linda lindsay lindsey linh lisa lloyd lois lola lonnie loretta lori lorraine louis louise luca lucas lucille lucy
    luis lula lydia lynda lynn lynne mabel madeline madelyn maggie makayla mamie manuel marc marcia marcus margaret margarita margie
    marguerite maria marian marianne marie marilyn mario marion marjorie marlene marsha marshall martha martin marvin mary maryann
    mateo mathew matthew mattie maureen maurice maxine megan melanie melinda melissa melvin michael micheal michele michelle miguel
    mike mildred milton ming minh miranda miriam mitchell mohamed mohammed molly monica monique morris muhammad nancy naomi natalie
    natasha nathan nathaniel neil nellie nelson nevaeh nicholas nicole nina noah nora norma norman olga olivia omar oscar owen pablo
    paige pam pamela patricia patrick patty paul paula pauline pedro peggy peter philip phillip phyllis pierre priscilla priya
    rachel rafael rahul raj ralph ramon ramona randall randy raul raymond rebecca regina reginald rene renee rhonda ricardo richard
    rick ricky riley rita robert roberta roberto robin rodney roger roland ron ronald ronnie rosa rosemary rosie roy ruben russell
    ruth ryan sabrina sally salvador sam samantha samuel sandra sandy santiago sara sarah scott sean sebastian sergio seth shane
    shannon sharon shawn sheila shelia shelley shelly sheri sherri sherry sheryl shirley sofia sonia sonya sophia stacey stacy
    stanley stella stephanie stephen steve steven sung sunita susan susie suzanne svetlana sylvia tamara tamika tammy tanya tara
    taylor ted teresa terrance terrence terri terry thanh thelma theodore theresa thomas tiffany tim timothy tina todd tom tommy
    toni tony tonya tracey tracy travis troy tyler tyrone valentina valerie vanessa velma verna vernon veronica vicki vickie vicky
    victoria vijay vincent vivian wallace walter wanda wayne wei wendy wesley willard william willie wilma xavier yolanda yuki yusuf
    yvette yvonne zachary zbigniew zoe zoey
    """.split()
)
ALSO_WORDS = frozenset(  # given names that are words too
    """
    ada al alba alma amber april art august austin barb bill candy carol chance charity charlotte chase chelsea christian clay cliff
    crystal daisy dale dallas dawn dean della dixie don dora dot drew earl ed eve faith flora florence forest frank gay gene geneva
    georgia glen grace grant guy hazel heather holly hope ida ira iris ivy jack jackie jan jay jean jersey jesus jo jordan joy june
    kay kit lance lane lee leo les lily luz mae mark marsh max may melody mercy mia min minnie misty myrtle norm opal page paris pat
    patience patsy pearl penny perry ray rex rich rod rose ross ruby rusty sage sidney skip star sue summer sunny van vera victor
    viola violet virgil virginia wade warren whitney will willow
    """.split()
)
SURNAMES = frozenset(
    """
    adams adkins aguilar alexander allen alvarez anderson andrews armstrong arnold bailey baker baldwin barnett barrett bates beck
    becker bennett benson blake bowen bowman bradley brewer brooks brown bryant burgess burke burns burton butler byrd caldwell
    campbell carlson carroll carter castillo castro chandler chavez chen clark cobb cohen coleman collins conner cooper cox craig
    cruz cummings cunningham curtis daniel daniels davidson davis dawson delgado diaz dixon doe douglas doyle duncan dunn edwards
    elliott ellis erickson estrada evans ferguson fernandez fitzgerald fleming fletcher flores flowers floyd foster frazier fuller
    garcia garner garrett garza gibbs gibson gilbert gomez gonzales gonzalez goodman goodwin gordon graham gregory griffin griffith
    guerrero gutierrez guzman hamilton hampton hansen hanson hardy harper harris harrison harvey hawkins hayes haynes henderson
    hernandez herrera hicks higgins hodges hoffman hopkins horton howard howell hubbard hudson hughes ingram ivanov jackson jacobs
    james jenkins jennings jensen jimenez johnson johnston jones joseph keller kelley kelly kennedy khan kim kowalski lambert larson
    lawson lee lewis lindsey liu lopez lynch lyons mack maldonado malone manning marshall martin martinez mason matthews maxwell
    mccarthy mccoy mcdaniel mcdonald mcgee mckinney medina mendez mendoza meyer miller mitchell montgomery moore morales moreno
    morgan morris morrison mullins munoz murphy murray myers neal nelson newman newton nguyen nichols norris obrien oliver olson
    ortega ortiz osborne owens palmer parker patel patterson patton payne pearson pena perez perkins perry peters peterson pham
    phillips pierce potter powell quinn ramirez ramos ramsey reeves reid reyes reynolds rhodes richards richardson riley rios rivera
    robbins roberts robertson robinson rodgers rodriguez rodriquez roe rogers romero rowe ruiz russell ryan salazar sanchez sanders
    sandoval santiago santos schmidt schneider schultz scott shaw shelton sherman silva simmons simpson singh smith snyder soto
    spencer stanley steele stephens stevens stevenson stewart stokes sullivan sutton swanson taylor thomas thompson thornton todd
    torres townsend tran tucker turner valdez vargas vasquez vaughn wagner walker wallace walsh walters walton wang washington
    watkins watson watts webb weber webster welch wells williams williamson willis wilson wright yates zhang
    """.split()
)
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Mx|Miss|Dr|mr|mrs|ms|dr|MRS)")
_ROLE = frozenset(
    "patient patients pt client member beneficiary subscriber insured mother father wife husband son daughter mom dad".split()
)
_TOKEN = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’-][A-Za-zÀ-ÿ]+)*|[^\sA-Za-zÀ-ÿ]")
_THING = frozenset(  # what follows the name of a discoverer, a maker or a house: "Wilson disease", "Mary Smith Hospital"
    """
    disease diseases syndrome fracture fractures palsy sign test tests procedure operation repair murmur prosthesis contracture ulcer cyst
    phenomenon lymphoma sarcoma tumor anemia score scale index criteria method technique classification graft flap catheter tube
    esophagus encephalopathy disorder dystrophy dementia chorea reflex maneuver hernia pump device stent valve hospital
    clinic center centre university medical health foundation institute pharmacy laboratories labs company inc llc plan insurance
    """.split()
)
_NO_NAME = frozenset(
    """
    a an and are as at be been before but by can could did do does due for from had has have he her hers him his how i if in into is it its
    may must my need needs not of on or our out she should so than that the their them then there they this to under us was we were what
    when where which who whom whose why will with would you your presents presented came comes got gets wants receives received seen here
    code codes cpt hcpcs icd dx dob dos mrn ssn pos ncd lcd mac cms ama uhc bcbs ncci mue mai ptp drg asp ndc npi hcc copd ckd mri ct er ed
    medicare medicaid advantage part plan policy payer aetna cigna humana tricare anthem kaiser optum united healthcare blue
    unitedhealthcare cross shield novitas noridian palmetto cgs wps ngs fcso champva veterans department office board
    federal national local american
    patient patients pt status post new established protection affordable care act portal responsibility discharge admission history
    medical record account chart birth date service place type bill billing coding claim claims modifier units unit manual guidelines
    guideline chapter section table appendix edition quarter annual wellness visit exam examination screening preventive vaccine injection
    therapy physical occupational speech surgery surgical anesthesia radiology pathology laboratory evaluation management inpatient
    outpatient facility practitioner hospital home nursing skilled hospice emergency critical observation telehealth diagnosis diagnoses
    procedure procedures left right bilateral acute chronic initial subsequent follow please hello hi hey dear thanks today yesterday
    january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday north south east west york jersey mexico carolina dakota virginia georgia
    texas florida ohio california alabama alaska arizona arkansas colorado connecticut delaware hawaii idaho illinois indiana iowa kansas
    kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada hampshire oklahoma
    oregon pennsylvania rhode island tennessee utah vermont washington wisconsin wyoming puerto rico city county state school education
    female male woman man boy girl year years old age aged room number name id female group identifier safety counseling
    transport instructions level class category system driven payment model centered reported days day week month time hours minutes
    """.split()
)


class _Word(NamedTuple):
    """A word or a sign of a text."""

    text: str
    lower: str  # without a possessive's s
    start: int
    end: int

    @property
    def capital(self) -> bool:
        return len(self.text) > 1 and self.text[0].isupper() and not self.text.isupper() and self.lower not in _NO_NAME

    @property
    def initial(self) -> bool:
        return len(self.text) == 1 and self.text.isupper()

    @property
    def listed(self) -> bool:
        return (self.lower in GIVEN or self.lower in SURNAMES) and self.lower not in _NO_NAME


def people(text: str, labels: Collection[int]) -> list[tuple[int, int, int]]:
    """Where names stand: with their title from, without it from, to; `labels` are where personal data of other kinds begins."""
    words = [_Word(match[0], match[0].lower().removesuffix("'s").removesuffix("’s"), *match.span()) for match in _TOKEN.finditer(text)]
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(words):
        end = _named_at(words, at, labels)
        if end:
            found.append((at, end))
        at = end or at + 1
    said = {word.lower for start, end in found for word in words[start:end] if len(word.text) > 2 and word.capital}
    again = [(word.start, word.start, word.end) for word in words if word.capital and word.lower in said]
    return [(words[_titled(words, start)].start, words[start].start, words[end - 1].end) for start, end in found] + again


def _titled(words: list[_Word], at: int) -> int:
    """Where the title before a name stands; where the name stands if it has none."""
    before = at - 2 if at > 1 and words[at - 1].text == "." else at - 1
    return before if before >= 0 and _TITLE.fullmatch(words[before].text) else at


def _named_at(words: list[_Word], at: int, labels: Collection[int]) -> int:
    """The end of the name that begins at a word; 0 where none does."""
    first = words[at]
    if not (first.text[0].isupper() or first.lower in GIVEN or first.lower in SURNAMES):
        return 0
    a_word = first.lower in ALSO_WORDS and first.text[0].isupper()
    if not (a_word or first.listed or ((first.capital or first.initial) and first.lower not in _NO_NAME)):
        return 0
    cued = _cue(words, at)
    end = _turned(words, at) or _run(words, at, cued)
    size = sum(word.text[0].isalpha() for word in words[at:end])
    if cued != "title" and any(word.lower in _THING for word in words[end : end + 2]):
        return 0
    told = (
        (cued == "title" and (first.capital or first.listed or a_word))
        or (cued and (size >= 2 or first.lower in GIVEN or (first.capital and first.listed)))
        or ((size >= 2 or first.capital) and _labelled(words, end, labels))
        or (first.lower in GIVEN and first.text[0].isupper() and size >= 2 and (first.capital or words[end - 1].listed))
        or bool(_turned(words, at))
    )
    return end if told else 0


def _cue(words: list[_Word], at: int) -> str:
    """What announces a name before a word: a title, a role, a label; '' for nothing."""
    before = words[max(0, at - 4) : at]
    while before and before[-1].text in ".:,-(–":
        before.pop()
    if not before:
        return ""
    last, previous = before[-1], before[-2].lower if len(before) > 1 else ""
    if last.capital and at > 1 and words[at - 1] is last and not words[at].listed:
        return ""  # "Beneficiary Incentive Program"
    if _TITLE.fullmatch(last.text):
        return "title"
    if last.lower in _ROLE and not last.text.endswith(("'s", "’s")):
        return "role"
    people = _ROLE | {"he", "she", "who", "man", "woman", "boy", "girl", "child", "is", "infant", "baby"}
    if last.lower == "named" and previous in people:
        return "role"
    whose = previous in _ROLE | {"my", "his", "her", "full", "first", "last"} or words[at - 1].text == ":" or last.text == "is"
    if last.lower == "is" and previous == "name":
        return "role" if len(before) > 2 and before[-3].lower in _ROLE | {"his", "her", "my", "full"} else ""
    return (
        "role" if last.lower == "name" and whose and previous not in {"drug", "brand", "generic", "trade", "test", "code", "plan"} else ""
    )


def _run(words: list[_Word], at: int, cued: str) -> int:
    """The end of a run of words that may be a name: capitals, initials, and listed names in whatever letters."""
    end = at + 1
    if (
        end + 1 < len(words)
        and words[end].text == ","
        and cued
        and words[at].capital
        and (words[end + 1].capital and words[end + 1].lower in GIVEN)
    ):
        end += 2  # Doe, John
    while end < len(words) and end - at < 6:
        word = words[end]
        dot = word.text == "." and words[end - 1].initial
        if not (dot or word.capital or word.initial or (word.listed and (cued or word.text[0].isupper()))):
            break
        end += 1
    while end - 1 > at and words[end - 1].initial and words[end - 1].text in "IA" and words[end - 2].text != ".":
        end -= 1  # the pronoun, the article
    return end


def _labelled(words: list[_Word], end: int, labels: Collection[int]) -> bool:
    """Whether a date of birth or a number of the person follows at once."""
    while end < len(words) and words[end].text in ",;(:-–":
        if words[end].start in labels:
            return True
        end += 1
    return end < len(words) and words[end].start in labels


def _turned(words: list[_Word], at: int) -> int:
    """The end of a name whose surname stands first, 'Doe, John'; 0 where there is none."""
    if at + 2 >= len(words) or words[at + 1].text != "," or not words[at].capital or words[at].lower not in SURNAMES:
        return 0
    return _run(words, at + 2, "") if words[at + 2].capital and words[at + 2].lower in GIVEN else 0
