# Die Nachrichten, die das Video bringen oder sagen, warum es keins gibt.

clip-ready = { $member } Dein Video ist fertig!
clip-late = { $member } Besser spät als nie: Dein Video ist doch noch fertig geworden. Es zählt nicht.
clip-link = { $member } Dein Video ist fertig, aber zu groß zum Hochladen.
clip-link-address = Bis { $until } kannst du es hier ansehen: { $link }

notice-quota = Das zählt nicht für dein Limit.
notice-denied = Die Moderation hat dieses Video nicht freigegeben.

button-again = Nochmal
button-edit = Ändern
button-delete = Löschen

modal-edit-title = Beschreibung ändern
modal-edit-prompt = Was soll im Video passieren?

deleted = Das Video ist gelöscht. An deinem Limit ändert das nichts.
cancelled-free = Abgebrochen. Das Video zählt nicht für dein Limit.
cancelled-counts = Abgebrochen. Das Video war schon in Arbeit und zählt deshalb trotzdem für dein Limit.
