"""The table of all settings: name, kind, default, unit, meaning.

The only place that describes them: `settings.py` takes its values from here, and
`manage.py settingsreference` makes docs/reference/settings.md and .env.example of it.
"""

from rlsproject.environment.foreign import FOREIGN
from rlsproject.environment.opensips import OPENSIPS
from rlsproject.environment.servers import SERVERS
from rlsproject.environment.sip import SIP
from rlsproject.environment.tuning import TUNING
from rlsproject.environment.watching import WATCHING
from rlsproject.environment.web import WEB

SECTIONS = (OPENSIPS, SIP, WEB, FOREIGN, SERVERS, WATCHING, TUNING)
SETTINGS = tuple(setting for section in SECTIONS for setting in section.settings)
