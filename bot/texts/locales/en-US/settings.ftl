# `/settings`: a member's own defaults; and the modal behind Edit.

command-settings-name = settings
command-settings-description = Your own defaults for `/video` in this server
command-settings-show-name = show
command-settings-show-description = Show your own defaults
command-settings-set-name = set
command-settings-set-description = Choose what /video uses when you leave an option out
option-settings-set-mode-name = mode
option-settings-set-mode-description = Your usual mood
option-settings-set-duration-name = duration
option-settings-set-duration-description = Your usual length
option-settings-set-aspect-name = aspect
option-settings-set-aspect-description = Your usual shape
option-settings-set-model-name = model
option-settings-set-model-description = Your usual model
option-settings-set-sound-name = sound
option-settings-set-sound-description = With or without sound
option-settings-set-quality-name = quality
option-settings-set-quality-description = Your usual quality
command-settings-reset-name = reset
command-settings-reset-description = Go back to the usual defaults

settings-title = Your defaults in this server
settings-mode = Mode: **{ $value }**
settings-duration = Length: **{ $value }**
settings-aspect = Shape: **{ $value }**
settings-model = Model: **{ $value }**
settings-sound = Sound: **{ $value }**
settings-quality-is = Quality: **{ $value }**
settings-quality-models = the model's own
settings-usual = (usual)
settings-note = `/video` uses these when you leave an option out. What you choose there, or in a preset, comes first.
settings-note-spicy = Where spicy isn't allowed, choose another mode in `/video`: yours is never replaced without asking you.
refused-settings-nothing = Choose at least one default to set. Nothing was changed.
refused-choice = This choice isn't available. Please choose one from the menu.
hint-spicy-default = Spicy is your own default here. You can change it with `/settings set`.
hint-picture-model = From a picture, { $model } makes the video instead of { $chosen }.
hint-spicy-preset = The preset you chose is spicy. A mode that you choose beside it comes first.

modal-edit-mode = Mode
modal-edit-duration = Length
modal-edit-seconds = Length ({ $least } to { $most } seconds)
modal-edit-aspect = Shape
modal-edit-model = Model
modal-edit-model-quality = Model and quality
modal-edit-quality = Quality
