"""What the ways are called by which reports come."""

from django.utils.translation import gettext_lazy

from ngoma.records.models import Channel

CHANNELS = {
    Channel.WEB: gettext_lazy("web"),
    Channel.SMS: gettext_lazy("text message"),
    Channel.USSD: gettext_lazy("USSD"),
    Channel.CALL: gettext_lazy("telephone"),
    Channel.MAIL: gettext_lazy("e-mail"),
    Channel.MESSENGER: gettext_lazy("messenger"),
    Channel.OPEN311: gettext_lazy("Open311"),
    Channel.IMPORT: gettext_lazy("import"),
}
