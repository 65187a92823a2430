"""What tells a person apart is left out, and nothing else is: not a code, a drug, a disease, a payer or a date of service."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import personal
from assistant.answer import Turn
from assistant.chat import Line, Step, ask, stream
from assistant.personal import withhold
from index.library import Library

TODAY = date(2026, 11, 20)
N, B, R, A, M = personal.NAME, personal.BIRTH, personal.RECORD, personal.ACCOUNT, personal.MEMBER
S, P, E, D = personal.SSN, personal.PHONE, personal.EMAIL, personal.ADDRESS

# what must not remain | the kinds | the message
POSITIVE = """
John Q|name|My patient John Q. needs 90715, is it covered?
448812|record number|MRN 448812: what is E11.65?
448812|record number|What does MRN: 448812 need coded for a cut hand?
448812|record number|mrn#448812 had 45380 and 45378
00448812|record number|Medical record number 00448812, 99213 with modifier 25?
A448812|record number|chart # A448812: is J1670 payable?
4488123|record number|patient ID 4488123 got 2 units of 20610
4488123|record number|Patient id: 4488123. 20610 bilateral?
99887766|record number|claim number 99887766 denied CO-16, why?
2026123456789|record number|ICN 2026123456789 denied with N130
55512399|record number|encounter #55512399 had 99285
778899|record number|case number 778899: code for a sprained ankle
AB12345|record number|accession number AB12345 for 88305
5512345|record number|authorization number 5512345 for 97110
7712345|record number|Rx number 7712345 for J0897
D1234567|record number|driver license number D1234567, patient fell
John Smith|name|John Smith has type 2 diabetes, which code?
Jane Roe|name|Jane Roe needs a tetanus shot, is it covered?
Mary Jones|name|What is the code for Mary Jones' broken wrist?
Garcia|name|Mr. Garcia has COPD with exacerbation
Garcia|name|Mrs Garcia was seen for 99214
O'Brien|name|Ms. O'Brien got 90471 and 90715
Nakamura|name|Miss Nakamura needs 81025
Kowalczyk|name|Mr. Zbigniew Kowalczyk needs a wheelchair
Adeyemi|name|Dr. Adeyemi billed 99213-25
Smith|name|mr smith came for 99213
Doe|name|pt: Doe, John needs E11.9
Doe|name|Doe, Jane had 45380
Smith|name|Smith, Mary A. had an MRI 70553
Ramirez|name|patient Ramirez had 93000
john smith|name|my patient john smith has gout
jane doe|name|patient jane doe needs a flu shot
maria|name|my patient maria has asthma, what code?
Olufemi Adeyemi|name|patient Olufemi Adeyemi has sickle cell disease
Xiu Ying|name|pt Xiu Ying Zhao has hypertension
JOHN SMITH|name|PATIENT JOHN SMITH HAS E11.65
MARY GARCIA|name|pt MARY GARCIA 99213
Tyrone Jackson|name|Does Medicare cover 90750 for Tyrone Jackson?
Emily Chen|name|Can I bill 99213 and 20610 for Emily Chen on 3/1/2024?
Robert Kowalski|name|Robert J. Kowalski fell from a ladder, external cause code?
Linda|name|My mother Linda has Medicare, is 90750 covered?
Kevin|name|My son Kevin swallowed a coin, what is the code?
Bob|name|Is 90703 still valid for my patient Bob?
April Waters|name|patient April Waters had a mammogram
Grace Hill|name|Ms. Grace Hill was given J0897
Bill Wood|name|Mr. Bill Wood has CKD stage 3
Virginia Lake|name|Mrs. Virginia Lake needs oxygen
Priya Patel|name|Priya Patel, 34, is pregnant: which Z code?
Mohammed Khan|name|code the visit of Mohammed Khan for chest pain
Steven Nguyen|name|Steven Nguyen's knee injection 20610, units?
Carlos Mendoza|name|Carlos Mendoza was bitten by a dog
Okonkwo|name|the patient's name is Chidi Okonkwo, he has malaria
Sarah Lee|name|Her name is Sarah Lee and she has a UTI
Peter Novak|name|Patient name: Peter Novak. Code for gout?
Brown|name|patient named Alice Brown with R07.9
Wendy|name|My daughter Wendy has an ear infection
Hernandez|name|Hernandez, Maria: 45385 with 45380?
01/02/1950|date of birth|DOB 01/02/1950, is 90750 covered by Medicare?
1/2/50|date of birth|DOB: 1/2/50 male with BPH
1950-01-02|date of birth|date of birth 1950-01-02, needs 77067
January 2, 1950|date of birth|born on January 2, 1950, screening colonoscopy code?
2 Jan 1950|date of birth|D.O.B. 2 Jan 1950 needs 90662
March 3, 2019|date of birth|born March 3, 2019, which vaccine code, 90707?
1-2-1950|date of birth|birthdate 1-2-1950: G0121 or G0105?
12/31/1948|date of birth|Date of birth: 12/31/1948. Is 82270 covered?
1962|date of birth|a woman born in 1962 with osteoporosis
5/5/1955|date of birth|birthday 5/5/1955, Medicare wellness visit code?
123-45-6789|social security number|SSN 123-45-6789, what is 99213?
123-45-6789|social security number|123-45-6789 had 99213
123456789|social security number|social security number 123456789 needs E0601
6789|social security number|SSN ending in 6789 needs E0601
1EG4-TE5-MK73|member number|1EG4-TE5-MK73 denied for 90715
1EG4TE5MK73|member number|MBI 1EG4TE5MK73, is 90715 covered?
1eg4te5mk73|member number|medicare number 1eg4te5mk73 and 99213
2AC3-DE4-FG56|member number|Is G0439 due for 2AC3-DE4-FG56?
W123456789|member number|member ID W123456789, Aetna, 97110
W123456789|member number|Member #W123456789 97110 denied
XYZ987654321|member number|subscriber id XYZ987654321 BCBS 90834
112233445|member number|Medicaid ID 112233445 for T1015
123456789A|member number|HICN 123456789A and 99213
55667788|member number|group number 55667788 of Cigna
987654321|member number|UHC member no. 987654321, 90715 covered?
ABC1234567|member number|his policy number ABC1234567 with Humana
998877665|member number|insurance ID: 998877665; is K0001 covered?
1234567|account number|account number 1234567 shows 99213 twice
1234567|account number|acct 1234567, 20610 x 2
A-1234567|account number|Acct # A-1234567 with CO-97
00123456|account number|account no. 00123456: was 36415 bundled?
555-123-4567|phone number|call me at 555-123-4567 about 99213
(555) 123-4567|phone number|(555) 123-4567 is the number, what is J3420?
555.123.4567|phone number|reach us on 555.123.4567 re 45378
5551234567|phone number|phone 5551234567, is 90471 billable?
555-1234|phone number|tel: 555-1234, code for asthma
+1 555-123-4567|phone number|+1 555-123-4567 what is POS 11?
212-555-0187|phone number|fax 212-555-0187 the answer on modifier 59
jdoe@example.com|e-mail address|send it to jdoe@example.com: what is 99213?
mary.jones+x@mail.example.org|e-mail address|mary.jones+x@mail.example.org asks about 90715
12 Oak Street|address|lives at 12 Oak Street, needs home oxygen
450 N. Maple Ave|address|450 N. Maple Ave, Dallas, TX 75201 home visit 99348
1 Elm Rd|address|patient at 1 Elm Rd had a fall
221 Baker Street|address|at 221 Baker Street, Apt 4 they gave 90471
12 oak street|address|she fell at 12 oak street, external cause code?
P.O. Box 445|address|P.O. Box 445 sent a bill for 99213
John Smith|name;date of birth|John Smith, DOB 1/2/1950: is 90662 covered?
1/2/1950|name;date of birth|John Smith (1/2/1950) needs a tetanus shot
448812|name;record number|My patient John Q., MRN 448812, needs 90715
Kowalczyk|name;date of birth|Zbigniew Kowalczyk, DOB 3 March 1944, oxygen
Ravindranath|name;record number|Ravindranath Iyer MRN 889900 99213
Doe|name;date of birth;record number|Doe, John 01/02/1950 MRN 448812 has I10
Jane Roe|name;date of birth;member number|Jane Roe DOB 02/03/1949 MBI 1EG4-TE5-MK73 G0438?
555-987-6543|name;phone number|Mr. Hall, 555-987-6543, asks what 80053 costs
anna@example.com|name;e-mail address|Anna Schmidt (anna@example.com) has M54.50
448812|record number;date of birth|MRN 448812 DOB 1/2/1950 got 90715
7654321|name;account number|Mrs. Ortiz account # 7654321 was billed 99213
12 Pine Road|name;address|Laura Meyer of 12 Pine Road needs K0001
123-45-6789|name;social security number|Paul Keller 123-45-6789 is 99213 valid
Smith|name|John Smith had 45380. Does Smith need modifier 59?
Iyer|name;record number|Iyer, MRN 889900. Is Iyer covered for 90750?
448812|record number;name|For MRN 448812 (Jane Roe): E11.65 billable?
19440303|record number|visit number 19440303 99213
"""
CLEAN = """
what is CPT 90389?
Is 90703 still valid?
Can I bill 45380 with 45378?
MUE for 20610?
E11.65 billable?
excludes1 at J44
code for type 2 diabetes with diabetic polyneuropathy
Is a tetanus booster without an injury covered by Medicare?
what is CPT 98765432?
Does Aetna cover IVIG for CIDP?
And its administration code?
What is Crohn disease with rectal bleeding?
Crohn's disease of the small intestine
Parkinson disease with dyskinesia
Parkinson's disease without dyskinesia
code for Colles fracture of the left radius
Smith fracture, initial encounter
Jones fracture of the right foot
Bennett fracture
Bell palsy
Bell's palsy code
Alzheimer disease with early onset
Wilson disease
Addison disease
Graves disease with thyroid storm
Hodgkin lymphoma, nodular sclerosis
Non-Hodgkin lymphoma
Kaposi sarcoma of skin
Guillain-Barre syndrome
Charcot-Marie-Tooth disease
Marie-Strumpell disease
Charles Bonnet syndrome
Austin Flint murmur
Austin Moore prosthesis
Down syndrome
Marfan syndrome
Turner syndrome
Tourette's disorder
Stevens-Johnson syndrome
Sjogren syndrome with myositis
Henoch-Schonlein purpura
Kawasaki disease
Lou Gehrig disease
Lewy body dementia
Huntington disease
Hashimoto thyroiditis
Cushing syndrome
Conn syndrome
Raynaud phenomenon
Meniere disease
Paget disease of bone
Paget-Schroetter syndrome
Peyronie disease
Dupuytren contracture
Baker cyst, right knee
Barrett esophagus with dysplasia
Mallory-Weiss tear
Hirschsprung disease
Meckel diverticulum
Whipple procedure code
Roux-en-Y gastric bypass
Nissen fundoplication
Mohs surgery, first stage
McBurney incision
Foley catheter insertion
Swan-Ganz catheter placement
Hickman catheter removal
Pap smear screening G0101
Papanicolaou smear Q0091
Rh immune globulin 90384
Does Medicare cover Tdap 90715?
Medicare Part B and Part D vaccines
What does Blue Cross Blue Shield say of 97110?
Aetna Medicare Advantage evidence of coverage 2025
UnitedHealthcare policy number 2026T0571X on vaccines
UHC policy 2024T0123A
Cigna medical coverage policy 0123
Humana and Kaiser Permanente rules on 99213
Anthem Blue Cross of California
TRICARE policy manual chapter 7
Novitas LCD L35094
LCD L33312 in Florida
Palmetto GBA article A52500
Noridian JE and JF
First Coast Service Options LCD L33411
NCD 240.2 home oxygen
NCD 110.18 aprepitant
NCCI Policy Manual Chapter I, Section E
Medicare Claims Processing Manual Chapter 12
ICD-10-CM Official Guidelines Section I.C.4
Federal Register of November 2025
Code of Federal Regulations 42 CFR 410.57
Social Security Act section 1861
Affordable Care Act preventive services
Patient Protection and Affordable Care Act rules
Medicare Beneficiary Identifier format
Patient Driven Payment Model
Patient Status Indicator
Is the Patient Portal message billable, 99421?
NDC 0002-1433-80
NDC 00002-1433-80 for J3101
NDC 50090-1234-1
NDC 54569-6543-0 crosswalk
NDC 49281-400-10
what HCPCS is NDC 0006-4121-02?
11-digit NDC 00006412102
date of service 3/1/2024
DOS 3/1/24 for 45380
was 90703 valid on 2015-12-31?
on March 1, 2024 was 99213 valid?
October 1, 2025 edition of ICD-10-CM
FY2025 guidelines
effective 01/01/2026
from 2015-10-01 to 2019-12-31
NPI 1234567893 billed 99213
the allowed amount is $1,300.50
$80 for 36415
conversion factor 32.3465
99202-99215
99202–99215 and G0402
J1459-1599
0001A to 0174A
codes 11042, 11043, 11044, 11045
45378-53 and 45380-59
99213-25 with 20610-RT
26 and TC modifiers
modifier XU or 59
POS 11 versus POS 22
revenue code 0450
DRG 470
MS-DRG 871 sepsis
CO-97 N19
CARC 16 with RARC N290
PR-204
CVX 115
ICD-10-PCS 0DTJ4ZZ
HCC 18 and HCC 37
Humira injection code
Keytruda J9271
Botox 100 units J0585
Prolia J0897 every 6 months
Ozempic coverage
Depo-Provera 150 mg
Remicade versus Inflectra
Eylea 2 mg J0178
Neulasta Onpro
Rituxan Hycela
Shingrix 90750
Gardasil 9 vaccine
Prevnar 20
Pfizer Comirnaty 91320
Moderna Spikevax
Johnson & Johnson vaccine
Eli Lilly bamlanivimab
Baxter infusion pump
Zimmer Biomet knee
Stryker implant C1776
Bristol Myers Squibb Opdivo
Kenalog-40 J3301
Toradol J1885
Rocephin J0696
Solu-Medrol 125 mg J2930
Epogen Q4081
Lantus insulin
Virginia Medicaid T1015
Georgia Medicaid 90471
North Carolina Medicaid fee schedule
Washington State L&I
fee for 99213 in Houston, TX 77030
GPCI for Manhattan, New York
Jackson, Mississippi locality
Austin, Texas rates
Charlotte, North Carolina
St. Louis, Missouri MAC
Los Angeles, CA 99214 fee
Mayo Clinic guideline
Johns Hopkins Hospital claim rules
Mary Washington Hospital outpatient 99284
American Medical Association CPT
American Hospital Association Coding Clinic
World Health Organization
Bill Type 131
Bill the office visit and the injection together?
Will Medicare pay 99397?
Mark the claim as corrected
Grace period for new codes
May modifier 59 be appended?
April 2026 Tabular List
June and July editions
Chase the denial or write off?
Frank hematuria R31.0
Gene therapy code
Ray of hope for appeals
X Ray of the chest, two views
Rose bengal stain
Art therapy
Hope hospice Q5010
Is Sunday a factor in 99050?
Patient has diabetes and hypertension
patient with COPD on oxygen
The patient was seen twice on the same day
Patient: 65 year old female with gout
pt with CHF and CKD stage 4
new patient visit, 45 minutes
established patient 99214
the member has a Medicare Advantage plan
the beneficiary is in a SNF
my patient is 72 years old
patient needs Physical Therapy
Patient came from the Emergency Department
patient received Keytruda
patient takes Lasix and Coumadin
her husband has Medicare
what is 72-year-old's wellness visit?
Advance Beneficiary Notice modifier GA
member services 1-800-633-4227
call 1-800-MEDICARE about 99213
account for the difference between 90714 and 90715
record of immunization Z23
chart review 99358
group 1 codes of L33312
group number 2 of the article
claim with 99213 and 20610
claim 1 of 2
case of influenza with pneumonia
line 3 units 2
NCCI edit 45380 45378 2024 Q3
version 36 of the grouper
section 1833(e)
Chapter 30 section 50
ICD-9 250.60 versus E11.42
12 units on one line
2 cm laceration of the left hand repaired
5 mg tablet
10 Minutes of Critical Care
1 Way valve
20 Place of service codes
three units of 97110 at 15 minutes each
"""
POSITIVES = [tuple(line.split("|")) for line in POSITIVE.strip().splitlines()]
CLEAN_ONES = CLEAN.strip().splitlines()


def test_the_tables_are_as_large_as_promised() -> None:
    assert len({text for *_, text in POSITIVES}) >= 120
    assert len(set(CLEAN_ONES)) >= 200


@pytest.mark.parametrize(("secret", "kinds", "text"), POSITIVES, ids=[text for *_, text in POSITIVES])
def test_personal_data_is_left_out(secret: str, kinds: str, text: str) -> None:
    left = withhold(text)
    assert secret not in left.text
    assert secret not in left.marked
    assert set(left.kinds) == set(kinds.split(";"))
    assert all(f"[{kind}]" in left.marked for kind in left.kinds)
    assert "[" not in left.text


@pytest.mark.parametrize("text", CLEAN_ONES)
def test_what_is_no_personal_data_stays_letter_for_letter(text: str) -> None:
    assert withhold(text) == personal.Withheld(text, text)


CODES = [
    ("My patient John Q., MRN 448812, needs 90715", "My patient, needs 90715", "My patient [name], MRN [record number], needs 90715"),
    ("John Smith (DOB 1/2/1950, MRN 448812): 99213?", "99213?", "[name] (DOB [date of birth], MRN [record number]): 99213?"),
    ("what is E11.65 for Mrs. Garcia?", "what is E11.65 for?", "what is E11.65 for Mrs. [name]?"),
    ("DOB 1/2/1950 on 3/1/2024: 90662", "on 3/1/2024: 90662", "DOB [date of birth] on 3/1/2024: 90662"),
]


@pytest.mark.parametrize(("text", "kept", "marked"), CODES)
def test_the_question_is_kept(text: str, kept: str, marked: str) -> None:
    left = withhold(text)
    assert (left.text, left.marked) == (kept, marked)


@pytest.mark.parametrize(
    ("text", "on", "age"),
    [
        ("DOB 1/2/1950", date(2026, 1, 1), 75),
        ("DOB 1/2/1950", date(2026, 1, 2), 76),
        ("DOB 11/21/61", date(2026, 11, 20), 64),
        ("DOB 1/2/50", date(2026, 11, 20), 76),
        ("born on January 2, 2020", date(2026, 11, 20), 6),
        ("born 2 Jan 2020", date(2026, 11, 20), 6),
        ("date of birth: 2019-03-05", date(2019, 9, 1), 0),
        ("born in 1962", date(2026, 11, 20), 64),
        ("born in March 1962", date(2026, 11, 20), 64),
        ("DOB 13/45/1950", date(2026, 11, 20), None),
        ("MRN 448812", date(2026, 11, 20), None),
    ],
)
def test_a_date_of_birth_leaves_the_age_on_the_date_of_service(text: str, on: date, age: int | None) -> None:
    assert withhold(text).age(on) == age


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ((N,), "a name"),
        ((N, R), "a name and a record number"),
        ((N, B, E), "a name, a date of birth and an e-mail address"),
        ((A, D), "an account number and an address"),
        ((S, P, M), "a social security number, a phone number and a member number"),
    ],
)
def test_the_person_is_told_in_words(kinds: tuple[str, ...], said: str) -> None:
    assert personal.Withheld("", "", kinds).told() == said


@given(st.text(max_size=120))
def test_what_is_cleaned_once_is_clean(text: str) -> None:
    left = withhold(text)
    assert left.kinds or left.text == text
    assert withhold(withhold(left.text).text).text == withhold(left.text).text


def test_the_longest_message_takes_no_time() -> None:
    from time import perf_counter

    for text in ("John Smith MRN 448812 " * 90, "a1-" * 660, "Mr. " * 500, "1 A " * 500, "(555) " * 330, "x@" * 1000):
        began = perf_counter()
        withhold(text)
        assert perf_counter() - began < 0.25, text[:20]


SECRET = "My patient Jane Roe, DOB 01/02/1950, MRN 448812, needs 90001. What is 90001?"


def told_all(text: str, library: Library, **options: object) -> str:
    """Everything a person, a program or a log can see of an answer."""
    events = list(stream(text, library, today=TODAY, **options))  # type: ignore[arg-type]
    shown = [event.text for event in events if isinstance(event, Step | Line)]
    return "\n".join([*shown, repr(events[-1])])


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        "Jane Roe, DOB 01/02/1950, MRN 448812",
        "Jane Roe, DOB 01/02/1950, MRN 448812 " + "w" * 3000,
        "w" * 3000 + " Jane Roe, DOB 01/02/1950, MRN 448812",
        "Jane Roe MRN 448812 DOB 01/02/1950: what is 77777?",
        "Jane Roe MRN 448812 DOB 01/02/1950: who won the world cup?",
        "Jane Roe MRN 448812 DOB 01/02/1950: how do I upcode 90001?",
    ],
)
def test_nothing_personal_is_in_anything_that_comes_out(small_library: Library, text: str) -> None:
    seen = told_all(text, small_library)
    assert not [secret for secret in ("Jane", "Roe", "1950", "448812") if secret in seen]


def test_an_answer_says_once_what_was_left_out(small_library: Library) -> None:
    answer = ask(SECRET, small_library, today=TODAY)
    assert answer.status != "declined"
    assert answer.text.count("I left out a name, a date of birth and a record number.") == 1
    assert [warning.kind for warning in answer.warnings].count("phi") == 1
    assert answer.question.withheld == (N, B, R)
    assert answer.question.age == 76
    assert answer.as_json()["question"] == "My patient [name], DOB [date of birth], MRN [record number], needs 90001. What is 90001?"


def test_a_date_of_birth_is_no_date_of_service(small_library: Library) -> None:
    answer = ask("Jane Roe DOB 01/02/1950: is 90001 valid?", small_library, today=TODAY)
    assert (answer.question.on, answer.question.dated) == (TODAY, False)


def test_the_conversation_before_is_cleaned_too(small_library: Library) -> None:
    turns = [Turn("user", "what is 90001 for Jane Roe, MRN 448812?"), Turn("assistant", "For Jane Roe: CPT 90001 is a vaccine. [1]")]
    seen = told_all("and its administration code?", small_library, turns=turns)
    assert "90001" in seen
    assert not [secret for secret in ("Jane", "Roe", "448812") if secret in seen]
