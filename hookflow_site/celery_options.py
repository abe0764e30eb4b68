"""How Celery is used: for wake-ups only."""

from typing import Any

from common.sockets import RedisAddress


def celery_options(redis: RedisAddress) -> dict[str, Any]:
    """The configuration of the app."""
    return {
        "broker_url": redis.kombu_url,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "visibility_timeout": 3600,
        },
        "task_serializer": "json",
        "accept_content": ["json"],
        "result_backend": None,
        "task_ignore_result": True,
        "task_acks_late": False,
        "worker_prefetch_multiplier": 1,
        "worker_send_task_events": False,
        "worker_hijack_root_logger": False,
        "timezone": "UTC",
    }
