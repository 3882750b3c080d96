# Die /quota-Befehle in Discords Menü; siehe commands.ftl.

command-quota-name = limits
command-quota-description = Limits für diesen Server festlegen

command-quota-view-name = ansehen
command-quota-view-description = Limits und Verbrauch zeigen
option-quota-view-member-name = mitglied
option-quota-view-member-description = Wessen Limits? (sonst die des Servers)

command-quota-server-name = server
command-quota-server-description = Den ganzen Server begrenzen
option-quota-server-per_day-name = pro_tag
option-quota-server-per_day-description = Videos am Tag; 0 = keine, -1 = kein Limit
option-quota-server-per_month-name = pro_monat
option-quota-server-per_month-description = Videos im Monat; 0 = keine, -1 = kein Limit
option-quota-server-at_once-name = gleichzeitig
option-quota-server-at_once-description = Videos gleichzeitig; 0 = keine, -1 = kein Limit
option-quota-server-credits_per_day-name = credits_pro_tag
option-quota-server-credits_per_day-description = Credits am Tag; 0 = keine, -1 = kein Limit
option-quota-server-credits_per_month-name = credits_pro_monat
option-quota-server-credits_per_month-description = Credits im Monat; 0 = keine, -1 = kein Limit
option-quota-server-longest_s-name = längstes_s
option-quota-server-longest_s-description = Längstes Video in Sekunden; -1 = jede Länge
option-quota-server-best_quality-name = beste_qualität
option-quota-server-best_quality-description = Beste Qualität, die gewählt werden darf

command-quota-members-name = mitglieder
command-quota-members-description = Jedes Mitglied begrenzen
option-quota-members-per_day-name = pro_tag
option-quota-members-per_day-description = Videos am Tag; 0 = keine, -1 = kein Limit
option-quota-members-per_month-name = pro_monat
option-quota-members-per_month-description = Videos im Monat; 0 = keine, -1 = kein Limit
option-quota-members-at_once-name = gleichzeitig
option-quota-members-at_once-description = Videos gleichzeitig; 0 = keine, -1 = kein Limit
option-quota-members-cooldown_s-name = wartezeit_s
option-quota-members-cooldown_s-description = Sekunden zwischen zwei Videos; 0 = keine Wartezeit
option-quota-members-credits_per_day-name = credits_pro_tag
option-quota-members-credits_per_day-description = Credits am Tag; 0 = keine, -1 = kein Limit
option-quota-members-credits_per_month-name = credits_pro_monat
option-quota-members-credits_per_month-description = Credits im Monat; 0 = keine, -1 = kein Limit
option-quota-members-longest_s-name = längstes_s
option-quota-members-longest_s-description = Längstes Video in Sekunden; -1 = jede Länge
option-quota-members-best_quality-name = beste_qualität
option-quota-members-best_quality-description = Beste Qualität, die gewählt werden darf

command-quota-role-name = rolle
command-quota-role-description = Die Mitglieder mit einer Rolle begrenzen
option-quota-role-role-name = rolle
option-quota-role-role-description = Welche Rolle?
option-quota-role-per_day-name = pro_tag
option-quota-role-per_day-description = Videos am Tag; 0 = keine, -1 = kein Limit
option-quota-role-per_month-name = pro_monat
option-quota-role-per_month-description = Videos im Monat; 0 = keine, -1 = kein Limit
option-quota-role-at_once-name = gleichzeitig
option-quota-role-at_once-description = Videos gleichzeitig; 0 = keine, -1 = kein Limit
option-quota-role-cooldown_s-name = wartezeit_s
option-quota-role-cooldown_s-description = Sekunden zwischen zwei Videos; 0 = keine Wartezeit
option-quota-role-credits_per_day-name = credits_pro_tag
option-quota-role-credits_per_day-description = Credits am Tag; 0 = keine, -1 = kein Limit
option-quota-role-credits_per_month-name = credits_pro_monat
option-quota-role-credits_per_month-description = Credits im Monat; 0 = keine, -1 = kein Limit
option-quota-role-longest_s-name = längstes_s
option-quota-role-longest_s-description = Längstes Video in Sekunden; -1 = jede Länge
option-quota-role-best_quality-name = beste_qualität
option-quota-role-best_quality-description = Beste Qualität, die gewählt werden darf

command-quota-member-name = mitglied
command-quota-member-description = Ein einzelnes Mitglied begrenzen
option-quota-member-member-name = mitglied
option-quota-member-member-description = Welches Mitglied?
option-quota-member-per_day-name = pro_tag
option-quota-member-per_day-description = Videos am Tag; 0 = keine, -1 = kein Limit
option-quota-member-per_month-name = pro_monat
option-quota-member-per_month-description = Videos im Monat; 0 = keine, -1 = kein Limit
option-quota-member-at_once-name = gleichzeitig
option-quota-member-at_once-description = Videos gleichzeitig; 0 = keine, -1 = kein Limit
option-quota-member-cooldown_s-name = wartezeit_s
option-quota-member-cooldown_s-description = Sekunden zwischen zwei Videos; 0 = keine Wartezeit
option-quota-member-credits_per_day-name = credits_pro_tag
option-quota-member-credits_per_day-description = Credits am Tag; 0 = keine, -1 = kein Limit
option-quota-member-credits_per_month-name = credits_pro_monat
option-quota-member-credits_per_month-description = Credits im Monat; 0 = keine, -1 = kein Limit
option-quota-member-longest_s-name = längstes_s
option-quota-member-longest_s-description = Längstes Video in Sekunden; -1 = jede Länge
option-quota-member-best_quality-name = beste_qualität
option-quota-member-best_quality-description = Beste Qualität, die gewählt werden darf

command-quota-clear-name = entfernen
command-quota-clear-description = Festgelegte Limits entfernen
option-quota-clear-scope-name = bereich
option-quota-clear-scope-description = Wessen Limits?
option-quota-clear-role-name = rolle
option-quota-clear-role-description = Welche Rolle?
option-quota-clear-member-name = mitglied
option-quota-clear-member-description = Welches Mitglied?

command-quota-grant-name = gutschreiben
command-quota-grant-description = Einem Mitglied Extra-Videos gutschreiben
option-quota-grant-member-name = mitglied
option-quota-grant-member-description = Wem?
option-quota-grant-videos-name = videos
option-quota-grant-videos-description = Wie viele? Negativ zieht Videos ab
option-quota-grant-reason-name = grund
option-quota-grant-reason-description = Warum? Steht im Verlauf

command-quota-reset-name = zurücksetzen
command-quota-reset-description = Den Verbrauch von heute und diesem Monat zurücksetzen
option-quota-reset-member-name = mitglied
option-quota-reset-member-description = Wessen Verbrauch? (sonst aller)

command-quota-timezone-name = zeitzone
command-quota-timezone-description = Die Zeitzone für Tages- und Monatslimits festlegen
option-quota-timezone-zone-name = zone
option-quota-timezone-zone-description = Etwa Europe/Berlin

command-quota-prices-name = preise
command-quota-prices-description = Festlegen, wer sieht, was Videos kosten
option-quota-prices-show-name = zeigen
option-quota-prices-show-description = Wer sieht Credits?
command-show-credits-name = Credits anzeigen
choice-prices-nobody = Niemand (Standard)
choice-prices-admins = Admins
choice-prices-everyone = Alle

command-quota-report-name = bericht
command-quota-report-description = Zeigen, wer wie viel erstellt hat, als Bild und Tabelle
option-quota-report-days-name = tage
option-quota-report-days-description = Wie viele Tage zurück? (sonst 30)

choice-any-quality = Jede Qualität
choice-scope-server = Der ganze Server
choice-scope-members = Jedes Mitglied
choice-scope-role = Eine Rolle
choice-scope-member = Ein einzelnes Mitglied
