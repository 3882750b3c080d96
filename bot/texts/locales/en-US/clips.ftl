# The messages that bring the clip, or say why there is none.

clip-ready = { $member } Your video is ready!
clip-late = { $member } Better late than never: your video was finished after all. It does not count.
clip-link = { $member } Your video is ready, but too large to upload here.
clip-link-address = You can watch it until { $until }: { $link }

notice-quota = This does not count towards your limit.
notice-denied = A moderator did not approve this video.

button-again = Again
button-edit = Edit
button-delete = Delete

modal-edit-title = Change the prompt
modal-edit-prompt = What should happen in the video?

deleted = The video is deleted. That changes nothing about your limit.
cancelled-free = Cancelled. It does not count towards your limit.
cancelled-counts = Cancelled. It was already being made, so it still counts towards your limit.
