# Warum es kein Video gibt und was man tun kann. Nach „failure-“ steht unser Code.

failure-content_policy_violation = Diese Beschreibung verstößt gegen die Regeln des Videodienstes. Bitte formuliere sie anders.
failure-invalid_parameters = Der Videodienst hat diese Einstellungen nicht angenommen. Bitte wähle andere.
failure-image_processing_error = Der Videodienst konnte das Bild nicht verarbeiten. Bitte versuche es noch einmal.
failure-image_dimension_mismatch = Der Videodienst konnte dieses Format nicht verwenden. Bitte wähle ein anderes.
failure-request_cancelled = Der Videodienst hat dieses Video abgebrochen. Bitte versuche es noch einmal.
failure-generation_failed_no_content = Vom Videodienst kam kein Video zurück. Bitte versuche es noch einmal oder formuliere die Beschreibung anders.
failure-service_error = Beim Videodienst ist etwas schiefgegangen. Bitte versuche es in ein paar Minuten noch einmal.
failure-generation_timeout = Der Videodienst hat für dieses Video zu lange gebraucht. Bitte versuche es noch einmal.
failure-resource_exhausted = Beim Videodienst ist gerade sehr viel los. Bitte versuche es in ein paar Minuten noch einmal.
failure-quota_exceeded = Der Videodienst nimmt von diesem Bot gerade keine Anfragen an. Das kann nur der Betreiber des Bots beheben. Bitte versuche es später noch einmal.
failure-rate_limited = Der Videodienst bekommt gerade zu viele Anfragen von uns. Bitte versuche es in ein paar Minuten noch einmal.
failure-service_unavailable = Der Videodienst ist gerade nicht erreichbar. Bitte versuche es in ein paar Minuten noch einmal.
failure-resource_not_found = Der Videodienst findet dieses Video nicht mehr. Bitte versuche es noch einmal.
failure-unknown_error = Der Videodienst hat einen Fehler gemeldet, ohne einen Grund zu nennen. Bitte versuche es noch einmal.
failure-account = Gerade können keine Videos erstellt werden. Das kann nur der Betreiber des Bots beheben. Bitte versuche es später noch einmal.
failure-paused = Videos waren zu lange pausiert, deshalb wurde dieses verworfen. Bitte versuche es später noch einmal.
failure-gave_up = Dieses Video hat zu lange gedauert, deshalb warte ich nicht weiter. Kommt es doch noch, poste ich es hier. Du kannst es auch noch einmal versuchen.
failure-unconfirmed = Die Verbindung ist beim Absenden abgebrochen, und ich weiß nicht, ob dieses Video entsteht. Bitte versuche es noch einmal.
failure-no_usable_clip = Was zurückkam, war kein abspielbares Video. Bitte versuche es noch einmal.
failure-not_fetched = Das Video ist entstanden, aber ich konnte es nicht herunterladen. Bitte versuche es noch einmal.
failure-undecodable = Das Video kam so komprimiert an, dass ich es nicht öffnen kann. Bitte versuche es noch einmal. Passiert es wieder, kann die Moderation den Betreiber des Bots fragen.
failure-place_gone = Den Kanal für dieses Video gibt es nicht mehr. Bitte versuche es in einem anderen.
failure-place_forbidden = Ich darf hier nicht mehr posten. Ein Admin kann meine Berechtigungen und die Einstellungen des Kanals prüfen.
failure-blocked = Discord oder die Filter dieses Servers haben die Nachricht mit diesem Video blockiert. Bitte formuliere die Beschreibung anders.
failure-not_taken = Discord hat die Nachricht mit diesem Video nicht angenommen. Du kannst es noch einmal versuchen.
failure-unexpected = Da ist bei uns etwas schiefgegangen. Falls du es meldest, gib bitte `{ $reference }` an. Du kannst es noch einmal versuchen.
