"""Words of names that say what a party is, not which: legal forms, titles, lines of trade."""

from __future__ import annotations

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEGAL_FORMS: Final = _words(
    """
    ltd limited llc inc incorporated corp corporation co company lp llp plc pllc pty pte pvt private
    bhd sdn berhad gmbh mbh ggmbh ag kg kgaa ohg ug gbr eg sa sas sasu sarl eurl snc sca scs srl
    srls spa sapa bv nv vof cv ab hb asa aps oy oyj sia uab sl slu slne sau ltda eirl cia sac saa
    sapi sro spol doo dd ad ead eood ood kft zrt nyrt bt rt zoo sp ooo oao zao pao ao tov jsc ojsc
    cjsc pjsc kk gk yk fze fzco fzc fzllc wll dmcc
    """
)
"""Legal forms as one word, dots dropped; a selection of what ISO 20275 lists."""

TITLES: Final = _words("mr mrs ms miss mx dr prof herr frau mme mlle sig sra")

CONNECTIVES: Final = _words("and und et the of de la")

TRADES: Final = _words(
    """
    trading trade export exports import imports international intl global group holding holdings
    enterprise enterprises industry industries industrial supply supplies commerce ecommerce
    commercial logistics services service technology technologies tech solutions manufacturing
    factory store shop online
    """
)
"""Words that tell firms apart less than their names do: they weigh less in a comparison."""

_SAID_OF_MANY: Final = LEGAL_FORMS | TITLES | CONNECTIVES

_HAN_FORM: Final = re.compile(
    "股份有限公司|有限责任公司|有限公司|株式会社|有限会社|주식회사|㈱|公司"
)


def without_han_forms(name: str) -> str:
    """Return a name without the legal forms that stand unspaced in East Asian ones."""
    return name if name.isascii() else _HAN_FORM.sub(" ", name)


def is_said_of_many(word: str) -> bool:
    """Tell whether a word says what a party is: a legal form, a title, a connective."""
    return word in _SAID_OF_MANY
