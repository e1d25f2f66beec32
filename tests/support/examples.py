"""How made-up examples are tried: the same in every run, however busy the machine is."""

from hypothesis import HealthCheck, settings

steady = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
