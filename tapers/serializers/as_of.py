"""What `?as_of=` means, the same wherever it is asked."""

AS_OF = (
    "A day up to today; today when left out. The answer is what had been measured, given, said and "
    "done by that day, by the day it happened on and not the day it was typed in: what was entered "
    "or corrected later about earlier days is in it, what happened later is not."
)
