"""Services: what customers come for, and who has which responsibility for them."""
