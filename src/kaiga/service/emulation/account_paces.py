"""How fast the tasks of each account go."""

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.emulation.paces import Pace, PaceTable
from kaiga.domain.errors import FieldInvalid
from kaiga.domain.ids import AccountId

_USUAL = PaceTable()


class AccountPaces:
    """A table for each account that has one of its own; `usual` is for all the rest.

    Tables live in memory alone. A task keeps the pace that it was submitted under.
    """

    def __init__(self, usual: Pace, catalogue: Catalogue) -> None:
        self.usual = usual
        self._catalogue = catalogue
        self._tables: dict[AccountId, PaceTable] = {}

    def find(self, account: AccountId, model: str) -> Pace:
        """Give the pace of an account's tasks of a model, named as the catalogue does."""
        return self.find_table(account).find(model) or self.usual

    def find_table(self, account: AccountId) -> PaceTable:
        """Give what an account has set; an empty table where it has set nothing."""
        return self._tables.get(account, _USUAL)

    def set(self, account: AccountId, table: PaceTable) -> None:
        """Put `table` in place of what the account had; its models may be named by aliases.

        Raises:
            FieldInvalid: it names a model that the catalogue does not have.
        """
        models = {self._name(model): pace for model, pace in table.models.items()}
        self._tables[account] = PaceTable(default=table.default, models=models)

    def reset(self, account: AccountId) -> None:
        """Have an account's tasks go at the usual pace again."""
        self._tables.pop(account, None)

    def _name(self, model: str) -> str:
        known = self._catalogue.find_model(model)
        if known is None:
            raise FieldInvalid(f"models must be models of the catalogue; {model} is none.")
        return known.name
