"""The people of the demo. All are made up; example addresses can reach nobody."""

from dataclasses import dataclass

PASSWORD = "taperline-demo"  # noqa: S105  (printed on screen, for made-up people only)
REFUSED_ADDRESS = "harold.whitcombe@mail.example"


@dataclass(frozen=True)
class Person:
    username: str
    first_name: str
    last_name: str
    role: str
    clinic: str
    is_lead: bool = False

    @property
    def email(self) -> str:
        return f"{self.username}@taperline.example"

    @property
    def described(self) -> str:
        role = self.role.replace("_", "-").lower()
        return f"{self.first_name} {self.last_name}, {role} of the {self.clinic}"


RIVERSIDE = "Riverside Neuromuscular Clinic"
HILLSIDE = "Hillside Myositis Clinic"

PRESCRIBER = Person("prescriber", "Ngozi", "Adeyemi", "PRESCRIBER", RIVERSIDE, is_lead=True)
NURSE = Person("nurse", "Daniel", "Brandt", "NURSE", RIVERSIDE)
READER = Person("reader", "Sofia", "Lindqvist", "READ_ONLY", RIVERSIDE)
HILLSIDE_PRESCRIBER = Person("hillside", "Marc", "Tessier", "PRESCRIBER", HILLSIDE, is_lead=True)

PEOPLE = (PRESCRIBER, NURSE, READER, HILLSIDE_PRESCRIBER)
