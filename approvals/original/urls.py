"""Routes of the Workflow feature's own API, below `/api/`; both spellings of the original's pages are there."""

from django.urls import path

from approvals.original.views import (
    applications,
    config,
    enterprises,
    machines,
    oauth,
    operations,
    pending,
    tasks,
)

DATACENTER = "cloud/virtualdatacenters/<str:datacenter>"
APPLIANCE = f"{DATACENTER}/virtualappliances/<str:appliance>"
MACHINE = f"{APPLIANCE}/virtualmachines/<str:machine>"
TASK = f"{MACHINE}/tasks/<str:task>"
ENTERPRISE = "admin/enterprises/<str:enterprise>"
OPERATIONS = ("deploy", "undeploy")
DECISIONS = ("continue", "cancel", "ack")

urlpatterns = [
    path("login", enterprises.Login.as_view()),
    path("version", enterprises.Version.as_view()),
    path(DATACENTER, machines.Datacenter.as_view()),
    path(f"{DATACENTER}/virtualappliances", machines.Appliances.as_view()),
    path(APPLIANCE, machines.Appliance.as_view()),
    *[
        path(f"{APPLIANCE}/action/{action}", operations.ApplianceAction.as_view(), {"action": action})
        for action in OPERATIONS
    ],
    path(f"{APPLIANCE}/virtualmachines", machines.Machines.as_view()),
    path(MACHINE, operations.Machine.as_view()),
    *[
        path(f"{MACHINE}/action/{action}", operations.MachineAction.as_view(), {"action": action})
        for action in OPERATIONS
    ],
    *[
        path(f"{MACHINE}/storage/{what}", machines.Storage.as_view(), {"what": what})
        for what in machines.Storage.answers_by
    ],
    path(f"{MACHINE}/tasks", tasks.MachineTasks.as_view()),
    path(TASK, tasks.OneTask.as_view()),
    *[path(f"{TASK}/action/{action}", tasks.Decide.as_view(), {"action": action}) for action in DECISIONS],
    path("admin/datacenters/1", machines.Location.as_view()),
    path("admin/roles/<str:role_id>", enterprises.RoleOf.as_view()),
    path("admin/enterprises", enterprises.Enterprises.as_view()),
    path(ENTERPRISE, enterprises.Enterprise.as_view()),
    path(f"{ENTERPRISE}/users", enterprises.Users.as_view()),
    path(f"{ENTERPRISE}/users/<str:user>", enterprises.OneUser.as_view()),
    path(f"{ENTERPRISE}/users/<str:user>/applications", applications.Applications.as_view()),
    path(
        f"{ENTERPRISE}/users/<str:user>/applications/<str:application>",
        applications.OneApplication.as_view(),
    ),
    *[
        path(f"{ENTERPRISE}/action/{spelt}", pending.PendingOfEnterprise.as_view())
        for spelt in ("pendingtasks", "pendingTasks")
    ],
    *[
        path(f"{ENTERPRISE}/{users}/<str:user>/action/{spelt}", pending.PendingOfUser.as_view())
        for users in ("users", "user")
        for spelt in ("pendingtasks", "pendingTasks")
    ],
    path("config/properties", config.Properties.as_view()),
    path("config/properties/<str:property_id>", config.Property.as_view()),
    path("config/privileges", config.Privileges.as_view()),
    path("config/privileges/<str:privilege_id>", config.Privilege.as_view()),
    path("oauth/request_token", oauth.RequestToken.as_view()),
    path("oauth/authorize", oauth.authorize, name="oauth-authorize"),
    path("oauth/access_token", oauth.AccessToken.as_view()),
]
