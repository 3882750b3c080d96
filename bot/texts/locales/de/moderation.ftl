# Was Moderation und Admins sehen, und was Mitglieder davon erfahren.

refused-blocked = Du kannst auf diesem Server gerade keine Videos anfragen. Die Moderation kann dir mehr sagen.
refused-blocked-until = Du kannst auf diesem Server gerade keine Videos anfragen. Das endet { $until }. Die Moderation kann dir mehr sagen.
refused-spicy-role = Gewagte Videos sind auf diesem Server bestimmten Rollen vorbehalten. Bitte wähl einen anderen Modus.
refused-spicy-place = Gewagte Videos gehen nur in Kanälen mit Altersbeschränkung. Bitte geh in so einen oder wähl einen anderen Modus.
refused-spicy-review = Gewagte Videos müssen hier freigegeben werden, aber dafür gibt es keinen passenden Kanal. Die Moderation kann in `/moderation view` nachsehen.
refused-words = Diese Beschreibung verstößt gegen eine Regel für Beschreibungen. Bitte formulier sie anders.
refused-pattern-empty = Von diesem Muster bleibt nichts Sichtbares übrig. Bitte gib ein anderes an.
refused-pattern-long = Dieses Muster ist zu lang. Höchstens 200 Zeichen passen hinein.
refused-pattern-regex = Dieser reguläre Ausdruck geht nicht: Er ist nicht in der Schreibweise von RE2 oder zu verwickelt. RE2 kennt weder Lookaround noch Rückverweise.
refused-pattern-everything = Dieser reguläre Ausdruck passt auf jede Beschreibung, damit wäre nichts mehr erlaubt.
refused-pattern-unknown = Dieses Muster steht nicht in der Liste. Bitte gib es genau so an, wie es hinzugefügt wurde.
refused-words-many = Die Liste ist voll: Sie fasst höchstens { $most } Muster.
refused-regexes-many = Die Liste fasst höchstens { $most } reguläre Ausdrücke. Wörter zählen dabei nicht.
refused-roles-many = Es kann höchstens { $most } solche Rollen geben.
refused-block-duration = Bitte gib die Dauer an wie 30m, 12h, 7d oder 2w, oder lass sie weg.
refused-not-blocked = Dieses Mitglied ist nicht gesperrt.
refused-report-empty = Bitte sag mit ein paar Worten, was mit diesem Video nicht stimmt.
refused-report-again = Du hast dieses Video schon gemeldet. Die Moderation sieht es sich an.
not-allowed-moderators = Das kann nur die Moderation: Es braucht die Berechtigung „Mitglieder moderieren“ oder „Server verwalten“.
not-allowed-managers = Das können nur Admins: Es braucht die Berechtigung „Server verwalten“.
not-allowed-own-review = Eine eigene Anfrage kannst du nicht freigeben. Das muss jemand anderes aus der Moderation tun.
not-found-report = Diese Meldung finde ich nicht mehr.
not-found-clip = Das ist kein Video von mir.
too-late-review = Diese Anfrage wartet nicht mehr: Es wurde schon entschieden, oder sie wurde abgebrochen.
too-late-report = Über diese Meldung wurde schon entschieden.

failure-place_not_restricted = Dieses Video darf hier nicht mehr gepostet werden: Der Kanal hat keine Altersbeschränkung mehr, oder gewagte Videos wurden ausgeschaltet.
failure-lapsed = Innerhalb von 24 Stunden hat niemand aus der Moderation entschieden, deshalb ist die Anfrage verfallen. Du kannst noch einmal fragen.

card-review-title = 🌶️ Ein gewagtes Video wartet auf Freigabe
card-review-asked = { $member } hat { $when } in { $channel } danach gefragt.
card-approved = ✅ Freigegeben von { $moderator }.
card-denied = ❌ Abgelehnt von { $moderator }.
card-lapsed = ⌛ Innerhalb von 24 Stunden hat niemand entschieden.
card-cancelled = 🚫 Die Anfrage wurde zurückgezogen.
card-report-title = 🚩 Ein Video wurde gemeldet
card-report-made = { $reporter } hat { $when } das Video von { $member } gemeldet:
card-report-clip = Das Video: { $link }
card-removed = 🗑️ Entfernt von { $moderator }.
card-dismissed = 👍 Stehen gelassen von { $moderator }.
card-clip-deleted = 🗑️ Das Video ist gelöscht.
card-done-approve = Freigegeben.
card-done-deny = Abgelehnt. Wer gefragt hat, erfährt es.
card-done-block_requester = Abgelehnt. Wer gefragt hat, ist gesperrt, bis jemand die Sperre aufhebt.
card-done-remove = Das Video wird gleich gelöscht.
card-done-dismiss = Das Video bleibt stehen.
card-done-block_reported = Wer das Video angefragt hat, ist gesperrt, bis jemand die Sperre aufhebt. Die Meldung bleibt offen.

button-approve = Freigeben
button-deny = Ablehnen
button-block = Mitglied sperren
button-remove = Video entfernen
button-dismiss = Stehen lassen
button-report = Melden
modal-deny-title = Dieses Video ablehnen
modal-deny-reason = Warum? Wer gefragt hat, liest das.
modal-report-title = Dieses Video melden
modal-report-reason = Was stimmt damit nicht?
report-taken = Danke. Die Moderation sieht sich dieses Video an.

blocked-member = { $member } ist gesperrt, bis jemand die Sperre aufhebt.
blocked-member-until = { $member } ist gesperrt bis { $until }.
unblocked-member = { $member } darf wieder Videos anfragen.

moderation-title = Moderation auf diesem Server
moderation-policy = Gewagte Videos: **{ $policy }**
moderation-roles = Wer gewagt darf: { $roles }
moderation-everybody = alle
moderation-review-channel = Kanal für Freigaben: { $channel }
moderation-log-channel = Kanal fürs Protokoll: { $channel }
moderation-none = keiner
moderation-words = { $count ->
    [0] Keine Muster für Beschreibungen
    [one] { $count } Muster für Beschreibungen
   *[other] { $count } Muster für Beschreibungen
  }
moderation-warning-no-review = Gewagte Videos brauchen eine Freigabe, aber es gibt keinen Kanal dafür: Jede gewagte Anfrage wird abgelehnt.
moderation-warning-review-plain = Der Kanal für Freigaben hat keine Altersbeschränkung: Jede gewagte Anfrage wird abgelehnt.
moderation-warning-gone = { $channel } gibt es nicht mehr, oder ich kann ihn nicht sehen.
moderation-warning-permissions = In { $channel } fehlt mir noch: { $permissions }.
moderation-words-title = Muster, auf die keine Beschreibung passen darf
moderation-words-empty = Es gibt keine.
moderation-words-more = … und { $count } weitere.

history-title = Was hier getan wurde ({ $pages ->
    [1] alles
   *[other] Seite { $page } von { $pages }
  })
history-empty = Noch nichts.
history-table = { $days ->
    [one] Was am letzten Tag getan wurde.
   *[other] Was in den letzten { $days } Tagen getan wurde.
  }
audit-by-clapper = Clapper selbst

audit-moderation-policy = Regel für gewagte Videos geändert
audit-moderation-spicy-role = Rolle für gewagte Videos geändert
audit-moderation-channel = Kanal geändert
audit-moderation-word = Muster für Beschreibungen geändert
audit-moderation-block = Mitglied gesperrt
audit-moderation-unblock = Sperre aufgehoben
audit-review-approved = Anfrage freigegeben
audit-review-denied = Anfrage abgelehnt
audit-review-lapsed = Anfrage verfallen
audit-report-made = Video gemeldet
audit-report-removed = Gemeldetes Video entfernt
audit-report-dismissed = Meldung zurückgewiesen
audit-clip-deleted = Video gelöscht
audit-quota-limits = Limits geändert
audit-quota-grant = Videos gutgeschrieben
audit-quota-reset = Verbrauch zurückgesetzt
audit-quota-timezone = Zeitzone geändert
audit-quota-clear = Limits entfernt
audit-quota-spend-warning = Das Guthaben des Monats ist fast verbraucht

choice-policy-off = aus
choice-policy-restricted = an Orten mit Altersbeschränkung
choice-policy-review = an Orten mit Altersbeschränkung, nach Freigabe
choice-action-add = hinzufügen
choice-action-remove = entfernen
choice-purpose-review = Freigaben
choice-purpose-log = Protokoll
choice-kind-word = Wort
choice-kind-regex = regulärer Ausdruck
choice-applies-always = jede Beschreibung
choice-applies-spicy = gewagte Beschreibungen

privacy-export = Hier ist alles, was über dich gespeichert ist, auf allen Servern.
privacy-question = Das löscht deine Beschreibungen und deinen Namen aus meinen Aufzeichnungen, auf allen Servern. Es lässt sich nicht rückgängig machen. Nachrichten in Kanälen bleiben: Lösch deine Videos mit ihrem Knopf. Was du diesen Monat verbraucht hast, zählt unter einem Pseudonym weiter, und Sperren bleiben.
privacy-forgotten = Erledigt. Ich habe dich vergessen.
button-forget = Meine Daten löschen
refused-forget-open = Du hast noch ein Video in Arbeit. Bitte warte darauf oder brich es erst ab.
