"""Made-up passages with what may be said of them and what may not: statements as a language model writes them."""

PASSAGES = {
    "cover": (
        "Medicare Part B covers test serum 90011 only after an exposure. A dose of 90011 may be given twice within 30 days. "
        "Claims for 90011 must carry modifier QX. Medicaid pays $40.10 for 90011 and Medicare pays $52.75 for 90011."
    ),
    "pair": (
        "Code 70021 is column 2 to code 70022. The indicator is 1, so modifier 59 may be appended when the sites are separate. "
        "Code 70023 is included in code 70024. Reviewers deny 70021 unless the left side was treated."
    ),
    "dates": (
        "Code 60031 was valid from 2012-01-01 to 2018-12-31. Code 60032 replaced 60031 on 2019-01-01. "
        "At least 3 visits are required before 60032 is reported. No more than 8 units of 60032 are paid in a year."
    ),
    "guide": (
        "When wound rot and test fever are both present, wound rot is sequenced first. Do not assign Q99.1 for outpatients. "
        "The acute form is reported with Q99.2 and the chronic form with Q99.3. An initial encounter ends when active treatment ends."
    ),
    "near": "The humming lamp 50041 is rented monthly. Its bulb is replaced by the supplier at no charge.",
}

TRUE = {
    "cover": """
        Medicare Part B covers test serum 90011 only after an exposure.
        Test serum 90011 is covered by Medicare Part B only after an exposure.
        Only after an exposure does Medicare Part B cover test serum 90011.
        Part B of Medicare covers the serum 90011 only after exposure.
        Coverage of test serum 90011 under Medicare Part B exists only after an exposure.
        A dose of 90011 may be given twice within 30 days.
        A dose of 90011 may be given 2 times within 30 days.
        A dose of 90011 can be given twice within thirty days.
        Within 30 days a dose of 90011 may be given twice.
        Claims for 90011 must carry modifier QX.
        Modifier QX must be carried on claims for 90011.
        A claim for 90011 must carry the modifier QX.
        Medicaid pays $40.10 for 90011.
        Medicare pays $52.75 for 90011.
        For 90011 Medicaid pays $40.10.
        $52.75 is what Medicare pays for 90011.
        Medicaid pays $40.10 for 90011, and Medicare pays $52.75.
        The payment of Medicare for 90011 is $52.75.
        Claims for 90011 are required to carry modifier QX.
        90011 is covered by Medicare Part B only after an exposure; claims must carry modifier QX.
        Medicare pays $52.75 and Medicaid pays $40.10 for 90011.
        Serum 90011 may be given twice within 30 days.
        Test serum 90011 is covered only after an exposure.
        90011 claims must carry modifier QX.
        A dose may be given twice within 30 days.
    """,
    "pair": """
        Code 70021 is column 2 to code 70022.
        70021 is column 2 to 70022.
        The indicator is 1.
        Modifier 59 may be appended when the sites are separate.
        Modifier 59 can be appended when the sites are separate.
        When the sites are separate, modifier 59 may be appended.
        The indicator is 1, so modifier 59 may be appended when sites are separate.
        Code 70023 is included in code 70024.
        70023 is included in 70024.
        70024 includes 70023.
        Code 70024 includes code 70023.
        Reviewers deny 70021 unless the left side was treated.
        70021 is denied by reviewers unless the left side was treated.
        Unless the left side was treated, reviewers deny 70021.
        Reviewers deny code 70021 unless treatment was on the left side.
        If the sites are separate, modifier 59 may be appended.
        The indicator is 1 and modifier 59 may be appended when the sites are separate.
        To code 70022, code 70021 is column 2.
        70021 is column 2 to 70022, and the indicator is 1.
        CPT 70023 is included in CPT 70024.
        Appending modifier 59 is allowed when the sites are separate.
        Reviewers deny 70021 unless the left side is treated.
        Code 70023 is included in 70024.
        With separate sites, modifier 59 may be appended.
        The indicator of 70021 is 1.
    """,
    "dates": """
        Code 60031 was valid from 2012-01-01 to 2018-12-31.
        60031 was valid from January 1, 2012 to December 31, 2018.
        Code 60031 was valid until 2018-12-31.
        Code 60031 was valid from 2012-01-01.
        60031 was valid through December 31, 2018.
        Code 60032 replaced 60031 on 2019-01-01.
        Code 60031 was replaced by 60032 on 2019-01-01.
        On 1/1/2019 code 60032 replaced 60031.
        60032 replaced 60031 on January 1, 2019.
        At least 3 visits are required before 60032 is reported.
        At least three visits are required before 60032 is reported.
        Before 60032 is reported, at least 3 visits are required.
        A minimum of 3 visits is required before 60032 is reported.
        60032 requires at least 3 visits before it is reported.
        No more than 8 units of 60032 are paid in a year.
        At most 8 units of 60032 are paid in a year.
        Up to 8 units of 60032 are paid in a year.
        No more than eight units of 60032 are paid in a year.
        In a year, no more than 8 units of 60032 are paid.
        Not more than 8 units of 60032 are paid a year.
        60031 was replaced by 60032 on 1 January 2019.
        Three visits at least are required before 60032 is reported.
        Visits required before 60032 is reported: at least 3.
        A year's payment for 60032 is no more than 8 units.
        60032 replaced code 60031.
    """,
    "guide": """
        When wound rot and test fever are both present, wound rot is sequenced first.
        Wound rot is sequenced first when wound rot and test fever are both present.
        If test fever and wound rot are both present, wound rot is sequenced first.
        With wound rot and test fever present, sequence wound rot first.
        Wound rot is sequenced first when both wound rot and test fever are present.
        Do not assign Q99.1 for outpatients.
        Q99.1 is not assigned for outpatients.
        For outpatients, Q99.1 is not assigned.
        Outpatients are not assigned Q99.1.
        Never assign Q99.1 for outpatients.
        The acute form is reported with Q99.2.
        The chronic form is reported with Q99.3.
        Report the acute form with Q99.2.
        Report the chronic form with Q99.3.
        The acute form is reported with Q99.2 and the chronic form with Q99.3.
        Q99.2 reports the acute form.
        Q99.3 reports the chronic form.
        An initial encounter ends when active treatment ends.
        The initial encounter ends when active treatment ends.
        When active treatment ends, the initial encounter ends.
        For the acute form, Q99.2 is reported.
        The form that is chronic is reported with Q99.3.
        Initial encounters end when active treatment ends.
        Q99.1 must not be assigned for outpatients.
        Wound rot is first in sequence when test fever is present.
    """,
}

FALSE = {
    "cover": """
        wrong number: A dose of 90011 may be given twice within 60 days.
        wrong number: A dose of 90011 may be given three times within 30 days.
        wrong amount: Medicare pays $52.57 for 90011.
        wrong amount: Medicaid pays $41.10 for 90011.
        payers swapped: Medicaid pays $52.75 for 90011.
        payers swapped: Medicare pays $40.10 for 90011.
        other payer: Aetna covers test serum 90011 only after an exposure.
        other payer: Cigna pays $40.10 for 90011.
        other part: Medicare Part D covers test serum 90011 only after an exposure.
        condition dropped: Medicare Part B covers test serum 90011.
        negation added: Medicare Part B does not cover test serum 90011 after an exposure.
        denial: Medicare Part B denies test serum 90011 after an exposure.
        must for may: A dose of 90011 must be given twice within 30 days.
        may for must: Claims for 90011 may carry modifier QX.
        swapped modifier: Claims for 90011 must carry modifier QY.
        swapped code: Claims for 90012 must carry modifier QX.
        stitched: Medicaid pays for 90011 only after an exposure and within 30 days.
        stitched: Medicare pays $52.75 for a dose within 30 days of exposure.
        before for after: Medicare Part B covers test serum 90011 only before an exposure.
        all: Medicare Part B always covers every test serum 90011 after exposure.
        negation added: Claims for 90011 must not carry modifier QX.
        bound turned: A dose of 90011 may be given twice after at least 30 days.
        added words: Medicare Part B covers serum 90011 after travel, pregnancy and surgery.
        unit swapped: A dose of 90011 may be given twice within 30 hours.
        only added: Only Medicaid pays $40.10 for 90011.
    """,
    "pair": """
        swapped order: Code 70022 is column 2 to code 70021.
        column swapped: Code 70021 is column 1 to code 70022.
        indicator swapped: The indicator is 0, so modifier 59 may not be appended.
        negation added: Modifier 59 may not be appended when the sites are separate.
        must for may: Modifier 59 must be appended when the sites are separate.
        same for separate: Modifier 59 may be appended when the sites are the same.
        swapped modifier: Modifier 25 may be appended when the sites are separate.
        inclusion turned: Code 70024 is included in code 70023.
        neighbour's code: Code 70023 is included in code 70021.
        swapped code: Code 70026 is included in code 70024.
        exception dropped: Reviewers deny 70021.
        exception dropped: Reviewers deny 70021 when the left side was treated.
        side swapped: Reviewers deny 70021 unless the right side was treated.
        approval: Reviewers approve 70021 unless the left side was treated.
        other code: Reviewers deny 70023 unless the left side was treated.
        negation added: Code 70023 is not included in code 70024.
        negation added: Code 70021 is not column 2 to code 70022.
        all added: Modifier 59 may always be appended.
        only added: Modifier 59 may be appended only when the left side was treated.
        excluded: Code 70023 is excluded from code 70024.
        bilateral: Reviewers deny 70021 unless the bilateral side was treated.
        stitched: Code 70024 is column 2 to code 70022.
        stitched: The indicator is 1 unless the left side was treated.
        replaced: Code 70023 replaced code 70024.
        turned with includes: 70023 includes 70024.
    """,
    "dates": """
        dates swapped: Code 60031 was valid from 2018-12-31 to 2012-01-01.
        other date: Code 60031 was valid until 2019-12-31.
        other date in words: Code 60031 was valid until December 30, 2018.
        stitched date: Code 60031 was valid from 2019-01-01.
        other code: Code 60032 was valid from 2012-01-01 to 2018-12-31.
        replacement turned: Code 60031 replaced 60032 on 2019-01-01.
        replacement turned: Code 60032 was replaced by 60031 on 2019-01-01.
        at most: At most 3 visits are required before 60032 is reported.
        less than: Fewer than 3 visits are required before 60032 is reported.
        wrong number in words: At least four visits are required before 60032 is reported.
        after for before: At least 3 visits are required after 60032 is reported.
        other code: At least 3 visits are required before 60031 is reported.
        negation: At least 3 visits are not required before 60032 is reported.
        optional: At least 3 visits are optional before 60032 is reported.
        at least for at most: At least 8 units of 60032 are paid in a year.
        more than: More than 8 units of 60032 are paid in a year.
        figures swapped: No more than 3 units of 60032 are paid in a year.
        figures swapped: At least 8 visits are required before 60032 is reported.
        month for year: No more than 8 units of 60032 are paid in a month.
        year for lifetime: No more than 8 units of 60032 are paid in a lifetime.
        wrong unit: No more than 80 units of 60032 are paid in a year.
        other code: No more than 8 units of 60031 are paid in a year.
        from for to: Code 60031 was valid from 2018-12-31.
        to for from: Code 60031 was valid until 2012-01-01.
        negation: Code 60031 was never valid from 2012-01-01 to 2018-12-31.
    """,
    "guide": """
        subject swapped: Test fever is sequenced first when wound rot is present, not wound rot.
        order swapped: Wound rot is sequenced second when test fever is present.
        negation dropped: Assign Q99.1 for outpatients.
        negation dropped: Q99.1 is assigned for outpatients.
        setting swapped: Do not assign Q99.1 for inpatients.
        code swapped: Do not assign Q99.2 for outpatients.
        codes swapped: The acute form is reported with Q99.3.
        codes swapped: The chronic form is reported with Q99.2.
        negation added: The chronic form is not reported with Q99.3.
        encounter swapped: A subsequent encounter ends when active treatment ends.
        begins for ends: An initial encounter begins when active treatment ends.
        invented: Wound rot is sequenced first because the payer prefers it.
        only added: Do not assign Q99.1 only for outpatients.
        all added: All forms are reported with Q99.2.
        code of none: The acute form is reported with Q99.9.
        negation added: An initial encounter never ends when active treatment ends.
        must added: The chronic form must always be reported with Q99.3.
        stitched: The acute form is sequenced first for outpatients.
        stitched: Q99.1 is reported when active treatment ends.
        neighbour's subject: The humming lamp is reported with Q99.2.
        subject swapped: When wound rot and test fever are both present, test fever is sequenced first.
        neither: Neither the acute nor the chronic form is reported with Q99.2.
        exception added: The acute form is reported with Q99.2 unless it is chronic.
        stitched: Q99.3 is not assigned for outpatients.
        stitched: An initial encounter ends when wound rot is present.
    """,
}
