"""Where a name begins and ends, by script: each case is a text in which `[…]` stands."""

import re

import pytest

from articles.enrichment.finds import Name
from articles.enrichment.gazetteer import Gazetteer
from articles.vocabulary import AliasKind

MARKED = re.compile(r"\[([^\]]*)\]")


def marked(text):
    """The text without its brackets, and the places that they marked."""
    plain, places, at = "", [], 0
    for match in MARKED.finditer(text):
        plain += text[at : match.start()]
        places.append((len(plain), len(plain) + len(match[1])))
        plain += match[1]
        at = match.end()
    return plain + text[at:], places


def places(text, *spellings, language="und"):
    names = [
        Name(number, number, f"n-{number}", spelling, kind)
        for number, (spelling, kind) in enumerate(spellings)
    ]
    return [(find.start, find.end) for find in Gazetteer(names).find(text, language=language)]


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        ("Cairo", "[Cairo]"),
        ("Cairo", "in [Cairo], they said"),
        ("Cairo", "“[Cairo]”"),
        ("Cairo", "([Cairo])"),
        ("Cairo", "in [Cairo]. And then"),
        ("Cairo", "in [Cairo].The talks"),
        ("Cairo", "it ended.[Cairo] said"),
        ("Cairo", "the Cairos and Cairoans"),
        ("Cairo", "a subCairo"),
        ("Cairo", "Cairo2 and 2Cairo"),
        ("Cairo", "[Cairo]-based"),
        ("Cairo", "pro-[Cairo]"),
        ("Cairo", "[Cairo]/Giza"),
        ("Cairo", "#[Cairo] but not @Cairo"),
        ("Cairo", "www.Cairo.com, Cairo.com, desk@Cairo.org, some_Cairo"),
        ("Cairo", "https://Cairo/"),
        ("Cairo", "[Cairo]\u0301 is no boundary".replace("[", "").replace("]", "")),
        ("Paul", "Jean-Paul, and then [Paul]"),
        ("Brien", "O'Brien"),
        ("Xi", "Xi'an, and [Xi]"),
        ("Egypt", "[Egypt]'s, [Egypt]’s, [EGYPT]'S, [Egypt]'ll"),
        ("Hamas", "[Hamas]' leader, [Hamas]’ leader"),
        ("Hamas", "'[Hamas]' and ‘[Hamas]’"),
        ("Égypte", "l'[Égypte], L’[Égypte], d’[Égypte], qu'[Égypte]"),
        ("Italia", "dell'[Italia]"),
        ("AT", "AT&T"),
        ("Isar 2", "[Isar 2] and Isar 20"),
        ("İzmir", "[İzmir]"),
        ("Straße", "die [Straße]"),
        ("ΟΗΕ", "ο [ΟΗΕ]."),
        ("Москва", "город [Москва], москвасити"),
        ("Երևան", "[Երևան]ում [Երևան]".replace("[", "", 1).replace("]", "", 1)),
        ("مصر", "في [مصر]، قال"),
        ("مصر", "و[مصر] ول[مصر] لكن المصرية ومصري"),
        ("مصر", "في [مِصْر]"),
        ("لبنان", "سلبنان"),
        ("الأمم المتحدة", "قالت [الأمم المتحدة] و[الأمم المتحدة]"),
        ("ישראל", "ב[ישראל], ו[ישראל] וישראלי"),
        ("इज़राइल", "[इज़राइल] ने और इज़राइलों"),
        ("कमल", "कमला और [कमल]"),
        ("中国", "在[中国]举行"),
        ("中国", "由[中国]和俄罗斯"),
        ("中", "在中国"),
        ("UN", "在[UN]总部"),
        ("日本", "[日本]は"),
        ("トランプ", "[トランプ]氏"),
        ("アメリカ", "ラテンアメリカ, [アメリカ]の"),
        ("카이로", "[카이로]에서 [카이로]는 카이로스"),
        ("ไทย", "ประเทศ[ไทย]และ"),
        ("กัมพูชา", "ใน[กัมพูชา]"),
        ("ပုဂံ", "[ပုဂံ]မြို့"),
        ("កម្ពុជា", "នៅ[កម្ពុជា]"),
        ("ລາວ", "ປະເທດ[ລາວ]"),
    ],
)
def test_a_name_is_bounded(spelling, text):
    plain, expected = marked(text)
    assert places(plain, (spelling, AliasKind.NAME)) == expected


def test_a_suffix_follows_an_apostrophe_in_turkish():
    assert places("Mısır'da", ("Mısır", AliasKind.NAME), language="tr") == [(0, 5)]
    assert places("Mısır'da", ("Mısır", AliasKind.NAME), language="en") == []


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        ("UN", "the [UN] and the [U.N.] said un and Un"),
        ("UN", "the [U.N.]'s"),
        ("UN", "the [U.N]"),
        ("UN", "the U.N.C.L.E."),
        ("USA", "in the [U.S.A.] and the [USA]"),
        ("U.S.", "the [U.S.] and the [US], not us"),
        ("US", "it cost US$20, said the [US]"),
        ("NATO", "[NATO] and Nato and nato"),
        ("EU", "[EU]-Kommission, pro-[EU]"),
    ],
)
def test_acronyms_are_exact_and_may_be_dotted(spelling, text):
    plain, expected = marked(text)
    assert places(plain, (spelling, AliasKind.ACRONYM)) == expected


def test_both_sides_of_a_hyphen_count_where_both_are_known():
    plain, expected = marked("the [Israel]-[Hamas] war, the [Israel]–[Hamas] war")
    names = [("Israel", AliasKind.NAME), ("Hamas", AliasKind.NAME)]
    assert places(plain, *names) == expected
