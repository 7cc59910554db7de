"""Capitalised words that are no part of a name, in a few languages of Latin and Cyrillic script."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Offices and forms of address, which stand before a person's name and are no part of it.
TITLES: Final = _words(
    """
    admiral ambassador analyst archbishop attorney baron baroness bishop brigadier captain
    cardinal chair chairman chairperson chairwoman chancellor coach colonel commander
    commissioner congressman congresswoman consul corporal councillor countess dame dean
    director doctor duchess duke emir emperor envoy ex-president governor imam inspector judge
    king lady lawmaker leader lieutenant lord madam marshal mayor minister mp mr mrs ms mx
    officer pope premier president prince princess prof professor prosecutor queen rabbi
    reporter representative rev reverend secretary secretary-general senator sergeant sheikh
    sheik sheriff sir solicitor spokesman spokesperson spokeswoman speaker sultan superintendent
    undersecretary vice-president dr gen lt sgt col capt gov sen rep hon jr sr ayatollah mullah
    shah ceo cfo pm fm captain-general monsieur madame mademoiselle m mme mlle président
    présidente ministre première roi reine secrétaire maire chancelier chancelière député
    députée sénateur sénatrice ambassadeur ambassadrice directeur directrice porte-parole
    princesse pape juge professeur herr frau präsident präsidentin ministerin kanzler kanzlerin
    bundeskanzler bundeskanzlerin bundespräsident bundespräsidentin außenminister
    außenministerin innenminister innenministerin finanzminister finanzministerin
    verteidigungsminister verteidigungsministerin ministerpräsident ministerpräsidentin
    bürgermeister bürgermeisterin könig königin papst richter richterin generalsekretär
    generalsekretärin professorin doktor sprecher sprecherin chef chefin premierminister
    premierministerin staatschef us-präsident us-präsidentin eu-kommissar señor señora señorita
    sra don doña presidente presidenta ministro ministra rey reina canciller alcalde alcaldesa
    secretario secretaria embajador embajadora gobernador gobernadora papa juez jueza portavoz
    diputado diputada senador senadora directora senhor senhora dom dona rei rainha chanceler
    prefeito prefeita secretário secretária embaixador embaixadora governador governadora juiz
    juíza deputado deputada porta-voz primeiro-ministro signor signora sindaco cancelliere
    segretario ambasciatore governatore giudice deputato deputata sottosegretario presidentessa
    президент премьер премьер-министр министр канцлер король королева мэр губернатор генерал
    посол председатель депутат сенатор папа господин госпожа
    """
)

# What kind of office; such words are part of other names (`Supreme Court`) and go only with one.
MODIFIERS: Final = _words(
    """
    acting agriculture chief co-chair constable count crown culture defence defense deputy
    designate economy editor education elect energy environment executive father finance first
    foreign former general grand général générale head health home house housing incoming
    interim interior justice labor labour lieutenant major ministers opposition outgoing
    parliamentary presidential prime primer primera saint security senior special state supreme
    trade transport treasury under veterans vice
    """
)

TITLE_WORDS: Final = TITLES | MODIFIERS

# Before a person's own name only.
HONORIFICS: Final = _words(
    """
    mr mrs ms mx miss dr sir dame lord lady prof monsieur madame mademoiselle mme mlle herr frau
    señor señora señorita sra don doña senhor senhora dona signor signora господин госпожа
    """
)

# Days and months stand after a name without being part of it: `Cairo Sunday`.
DATE_WORDS: Final = _words(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december today yesterday tomorrow montag
    dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli
    oktober dezember heute gestern morgen lundi mardi mercredi jeudi vendredi samedi dimanche
    """
)

# What opens a sentence in front of a name: function words and adverbs of news.
OPENERS: Final = _words(
    """
    a about above according across after again against all almost along already also although
    amid among an and another any are around as aside at away back because before behind below
    besides between beyond both but by can considering could despite did do does down due during
    each either even every except few finally first following for from further given had has
    have having he hence her here his how however if in including indeed inside instead into is
    it its just last late later least less like long many may meanwhile more most much near
    neither never next no nor not now of off often on once one only onto opposite or other our
    out outside over past per perhaps plus rather recently regarding second several she should
    similarly since so some soon still such than that the their then there therefore these they
    third this those though through throughout thus till to today together tomorrow too toward
    towards two under unless unlike until up upon was we were what when where whereas whether
    which while who whose why will with within without would yes yesterday yet you three four
    five six seven eight nine ten à afin ainsi alors après au aucun aussi autour autre aux avant
    avec car ce cela ces cet cette chaque chez comme contre dans de depuis des dès deux devant
    du elle elles en encore enfin ensuite entre et face fin grâce hier hors ici il ils jamais
    jusque la là le les leur leurs lors lorsque mais malgré même mes moins notre nous ou où par
    parmi pendant peu plusieurs pour pourtant près puis quand que quel quelle quelques qui sa
    sans sauf selon ses si son sous sur tandis tous tout toute toutes trois un une vers voici
    voilà vos votre vous aber alle allein allerdings als am andere auch auf aus außer außerdem
    bei beide beim bevor bis bislang da dabei dadurch dafür dagegen daher damit danach dann
    daran darauf das dass davon dazu dem den denn der deren deshalb dessen die dies diese dieser
    dieses doch dort drei durch ein eine einem einen einer eines er erst es etwa für gegen
    gegenüber hinter ihr ihre im infolge innerhalb ist ja je jede jeder jedoch kein keine laut
    man mehr mit mitte nach nachdem neben nicht noch nun nur ob obwohl oder ohne schon sei sein
    seine seit seitdem sie sogar sondern sowie später statt trotz über um und unter viele vom
    von vor während wann warum wegen weil weiter welche wenn wer wie wieder wir wo zu zudem zum
    zur zwar zwei zwischen ahora al algunos ante antes aunque bajo cada como con contra cuando
    del desde después donde dos durante el ella ellos entonces esa ese eso esta estas este esto
    estos fue gracias ha hacia hasta hay hoy las lo los luego mientras muchos muy más ni nuestro
    para pero por porque pues quien según se ser sin sobre solo su sus también tanto tras tres
    tu una uno unos y ya ao aos apesar após até com depois e ela ele em enquanto essa esse foi
    já mas na nas nos não o os pela pelo pelos quando segundo sem seu seus sob sua suas também
    tem uma ancora anche alla allo contro così dal dalla dei della delle di dopo dove è ed fra
    gli invece ma mentre nei nel nella non oggi ogni però più prima quattro questa questo
    secondo senza sono stato sul sulla tra tre а без более бы был были было в вместе во вот все
    всё вы где для до его ее если есть еще же за и из или их к как когда который между мы на над
    не несмотря но о об однако он она они от перед по под после потому при про с сейчас со
    согласно так также там то тогда только три у уже хотя что чтобы эта эти это этот
    """
)
