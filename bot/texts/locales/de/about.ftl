# `/info`, und die erste Nachricht auf einem Server, der den Bot hinzugefügt hat.

command-about-name = info
command-about-description = Ansehen, was Clapper hier kann und wer ihn betreibt

about-title = Clapper
about-what = Ich mache aus deinen Worten kurze Videos. Tippe `/video` und beschreibe, was passieren soll.
about-here = In diesem Kanal
about-ready = Du kannst hier Videos anfragen.
about-lengths = { $kind ->
    [range] { $first } bis { $last } Sekunden
    [one] { $last } Sekunden
   *[several] { $first } oder { $last } Sekunden
  }
about-modes = spaßig oder normal
about-pictures-off = Bilder sind auf diesem Server ausgeschaltet.
about-pictures-own = Ein Video kann mit deinem eigenen Bild beginnen: `/video bild:`, oder **Bild animieren** im Menü deiner Nachricht.
about-pictures-any = Ein Video kann mit einem Bild beginnen: `/video bild:`, oder **Bild animieren** im Menü einer Nachricht.
about-pictures-model = { $kind ->
    [one] Aus einem Bild macht { $model } das Video statt { $last }.
   *[several] Aus einem Bild macht { $model } das Video statt { $first } oder { $last }.
  }
about-spicy-allowed = Gewagte Videos sind hier erlaubt.
about-spicy-review = Gewagte Videos sind hier nach Freigabe durch die Moderation erlaubt.
about-spicy-spicy-off = Gewagte Videos sind auf diesem Server ausgeschaltet.
about-spicy-spicy-place = Gewagte Videos gibt es nur in Kanälen mit Altersbeschränkung. Dieser ist keiner.
about-spicy-spicy-role = Gewagte Videos sind auf diesem Server bestimmten Rollen vorbehalten.
about-spicy-spicy-review = Gewagte Videos müssen freigegeben werden, aber dafür ist kein passender Kanal festgelegt.
about-day = { $limit ->
    [0] Heute keine Videos erlaubt
   *[other] { $used } von { $limit } Videos heute
  }
about-month = { $limit ->
    [0] in diesem Monat keine Videos erlaubt
   *[other] { $used } von { $limit } in diesem Monat
  }
about-unlimited = Für deine Videos gibt es hier kein Limit
about-more-limits = mehr: `/verbrauch`
about-data = Deine Daten
about-erase = `/datenschutz exportieren` gibt dir eine Datei mit allem, was über dich gespeichert ist. `/datenschutz vergessen` löscht deine Beschreibungen, deine Bilder, deine Einstellungen und deine Benutzer-ID.
about-version = Clapper { $version }
about-link-privacy = Datenschutzerklärung
about-link-terms = Nutzungsbedingungen
about-link-support = Hilfe

greeting-title = 👋 Hallo, ich bin Clapper. Ich mache aus euren Worten kurze Videos.
greeting-begin = **Zum Ausprobieren:** Tippe `/video` und beschreibe, was passieren soll. Ein paar Minuten später steht das Video im selben Kanal.
greeting-members = **Für Mitglieder:** `/verbrauch` zeigt, wie viele Videos dir bleiben, und `/einstellungen festlegen` merkt sich deinen Lieblingsmodus, die Dauer und das Format.
greeting-admins = **Für Admins:** `/limits ansehen` zeigt die Limits, `/vorlage hinzufügen` hält einen Stil für alle bereit, und `/moderation ansehen` zeigt, was erlaubt ist. Gewagte Videos sind aus, bis ihr sie erlaubt.
greeting-more = `/info` sagt, was ich in einem Kanal kann.
