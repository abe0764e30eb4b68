"""What jobs and their runs are given and may be secret goes from plain columns into an encrypted one."""

import json

from django.db import migrations, models

from common.crypto import Seal, seal, unseal

PRIVATE = ("environment", "input")


def _job(job):
    return Seal("job", (job.tenant_id, str(job.id), "private"))


def _job_run(job_run):
    return Seal("job-run", (job_run.job.tenant_id, str(job_run.job_id), str(job_run.id), "private"))


def _sealed(values, place):
    kept = {name: value for name, value in values.items() if value not in (None, "", {})}
    return seal(json.dumps(kept), place) if kept else ""


def encrypt(apps, schema_editor):
    for job in apps.get_model("jobs", "Job").objects.iterator():
        job.private = _sealed({"environment": job.environment, "input": job.input}, _job(job))
        if job.private:
            job.save(update_fields=["private"])
    rows = apps.get_model("jobs", "JobRun").objects.select_related("job").exclude(plain_overrides={})
    for run in rows.iterator():
        run.private = _sealed({name: run.plain_overrides.pop(name, None) for name in PRIVATE}, _job_run(run))
        if run.private:
            run.save(update_fields=["private", "plain_overrides"])


def decrypt(apps, schema_editor):
    for job in apps.get_model("jobs", "Job").objects.exclude(private="").iterator():
        values = json.loads(unseal(job.private, _job(job)))
        job.environment, job.input = values.get("environment", {}), values.get("input", "")
        job.save(update_fields=["environment", "input"])
    rows = apps.get_model("jobs", "JobRun").objects.select_related("job").exclude(private="")
    for run in rows.iterator():
        run.plain_overrides |= json.loads(unseal(run.private, _job_run(run)))
        run.save(update_fields=["plain_overrides"])


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_services")]

    operations = [
        migrations.RenameField("jobrun", "overrides", "plain_overrides"),
        migrations.AddField("job", "private", models.TextField(blank=True, default="")),
        migrations.AddField("jobrun", "private", models.TextField(blank=True, default="")),
        migrations.RunPython(encrypt, decrypt),
        migrations.RemoveField("job", "environment"),
        migrations.RemoveField("job", "input"),
    ]
