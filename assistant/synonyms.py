"""Words that say the same in this field, a line each; the first stands for the others. None stands in two lines."""

SYNONYMS = """
    report bill code use append assign submit take took taken apply mark carry attach add place go goes gone identify designate file
    represent stand equal denote
    pay paid payment payable cover coverage reimburse reimbursement receive get obtain
    do done perform conduct furnish provide render give gave given administer administration make made undertake undertaken
    begin began begun start commence
    end stop terminate termination cease halt conclude discontinue
    before prior ahead precede previous earlier
    after follow onward once post afterward thereafter later
    additional extra further more
    rest remainder
    write wrote written
    document documentation record
    choose chose chosen select pick choice
    over above exceed beyond past
    under below
    license licence licensed
    exam examination
    show shown reveal demonstrate display prove reflect
    replace replacement supersede
    kidney renal
    heart cardiac
    newborn infant baby neonate
    mother maternal
    wastage waste discard
    member enrollee beneficiary patient subscriber
    practitioner provider clinician
    authorize authorization approval
    consider regard deem view
    contractor mac carrier
    eye ocular
    keep kept retain hold held maintain store
    send sent transmit ship dispatch
    become became turn convert
    run ran
    deliver delivery
    treat treatment care therapy
    effective effect
    refer referral
    renew renewal
    deny denial refuse refusal
    clinic clinical
    diagnosis diagnoses
    physician doctor
    full whole entire
    result outcome
    reason cause
    another else
    day date
    admit admission
    meet met satisfy fulfill fulfil
    amount quantity sum
    period interval span window duration
    first initial
    together along jointly
    concurrent simultaneous
    change alter affect influence
    enough suffice sufficient adequate
    depend hinge rely
    consist comprise
    prepare preparation
    decide decision
    request ask query
    correct amend rectify fix
    error mistake slip
    buy purchase acquire
    home house residence
    surgery surgical
    fracture break broken broke
    lung pulmonary
    liver hepatic
    stomach gastric
    brain cerebral
    bone osseous
    teeth tooth dental
    injury trauma
    illness disease sickness
    pregnant pregnancy gestation
    die died death decease
    drug medicine pharmaceutical
    inject injection
    increase raise
    reduce decrease lessen
    forbid prohibit ban disallow
    separate distinct apart
    usual typical customary
    persist endure
    risk danger endanger hazard
    fail failure
    combine combination merge
    attest affirm
    appeal contest dispute challenge
    bypass override
    expire lapse
    consecutive successive
    largest greatest biggest
    nearest closest
    deduct subtract
    liable liability responsible responsibility
    photograph photo picture
    overlap coincide
    leave depart
"""
