"""Every error a user can meet. Each message says the value, the rule and the way out."""


class Sora2Error(Exception):
    """Base of all errors that sora2lib raises on purpose."""


class WorldError(Sora2Error):
    """A world, or something named in one, breaks a rule of the schema."""


class RequestError(Sora2Error):
    """A request asks for something that cannot be made."""


class MediaError(Sora2Error):
    """A file cannot be read or written as a clip."""


class ModelError(Sora2Error):
    """Weights are missing, damaged or made for another version."""


class Stopped(Sora2Error):
    """The user stopped the work before it was done; nothing was written."""


class InspectError(Sora2Error):
    """A clip cannot be inspected as was asked."""


class ConsentError(Sora2Error):
    """Somebody would be shown, or go on being shown, without having agreed to it."""


class CameoError(Sora2Error):
    """A recording, picture or file cannot become a cameo, or a prompt names one that is not there."""
