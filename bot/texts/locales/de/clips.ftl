# Die Nachrichten, die das Video bringen oder sagen, warum es keins gibt.

clip-ready = { $member } Dein Video ist fertig!
clip-late = { $member } Besser spät als nie: Dein Video ist doch noch fertig geworden. Es zählt nicht für dein Limit.
clip-link = { $member } Dein Video ist fertig, aber zu groß, um es hier hochzuladen.
clip-link-late = { $member } Besser spät als nie: Dein Video ist doch noch fertig geworden, aber zu groß, um es hier hochzuladen. Es zählt nicht für dein Limit.
clip-shrunk = Das Original war zu groß, um es hier hochzuladen. Dies ist eine kleinere Kopie. Bis { $until } kannst du das Original hier ansehen: { $link }
clip-link-address = Bis { $until } kannst du es hier ansehen: { $link }

picture-alt = Das Bild, mit dem dieses Video beginnt

notice-quota = Das zählt nicht für dein Limit.
notice-denied = Die Moderation hat dieses Video nicht freigegeben.
notice-denied-reason = Die Moderation hat dieses Video nicht freigegeben. Grund: { $reason }

button-again = Nochmal
button-edit = Ändern
button-continue = Fortsetzen
button-delete = Löschen

modal-animate-title = Bild animieren
modal-picture = Bild
modal-another-picture = Anderes Bild
modal-another-picture-about = Lass das leer, um das Bild zu behalten.
modal-prompt-optional = Das kannst du leer lassen.
modal-edit-title = Ändern und neu erstellen
modal-edit-prompt = Was soll im Video passieren?
modal-continue-title = Dieses Video fortsetzen
modal-continue-prompt = Was passiert als Nächstes?

deleted = Video gelöscht. Es zählt weiterhin für dein Limit.
deleted-of = Video gelöscht. Es zählt weiterhin für das Limit von { $member }.
deleted-free = Video gelöscht.
cancelled-free = Abgebrochen. Das Video zählt nicht für dein Limit.
cancelled-counts = Abgebrochen. Das Video war schon in Arbeit und zählt deshalb für dein Limit.
cancelled-counts-of = Abgebrochen. Das Video war schon in Arbeit und zählt deshalb für das Limit von { $member }.
cancel-question = Dieses Video ist schon in Arbeit. Wenn du es jetzt abbrichst, zählt es trotzdem für dein Limit.
cancel-question-of = Dieses Video ist schon in Arbeit. Wenn du es jetzt abbrichst, zählt es trotzdem für das Limit von { $member }.
cancel-kept = Das Video entsteht weiter.
button-cancel_confirmed = Trotzdem abbrechen
button-keep = Nicht abbrechen
