import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0043_heard'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.CharField(help_text='of the desk, as its address has it', max_length=20)),
                ('query', models.CharField(help_text='its filters, as an address carries them', max_length=400)),
                ('name', models.CharField(max_length=60)),
                ('shared', models.BooleanField(default=False, help_text='colleagues see it and open its link')),
                ('code', models.CharField(help_text='of its public link; none: not published', max_length=12, null=True, unique=True)),
                ('public_page', models.CharField(default='', help_text='where that link leads', max_length=40)),
                ('public_query', models.CharField(default='', max_length=400)),
                ('removed_at', models.DateTimeField(help_text='it can be brought back for a moment', null=True)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='records.city')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'page'], name='saved_view_page')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at__isnull', True)), fields=('user', 'city', 'name'), name='saved_view_once')],
            },
        ),
    ]
