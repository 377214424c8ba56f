"""What is done to a cluster at random moments, each over when its function returns."""

import signal
from collections.abc import Callable, Mapping

from chaos_nodes.cluster import LEASE_SECONDS, Cluster
from crash.processes import child_processes, is_alive, kill, stopped
from running import RunningKaiga, wait_until


def kill_node(cluster: Cluster) -> None:
    """SIGKILL of an API node, then a start; the other one answers meanwhile."""
    node = cluster.chance.choice(cluster.nodes)
    node.kill()
    cluster.wait(0, 1)
    node.start()


def kill_worker(cluster: Cluster) -> None:
    """SIGKILL of a worker, then a start: its tasks run elsewhere once their leases are over."""
    worker = cluster.chance.choice(cluster.workers)
    _kill_with_engines(worker)
    cluster.wait(0, LEASE_SECONDS)
    worker.start()


def kill_engine(cluster: Cluster) -> None:
    """SIGKILL of an engine child of any worker."""
    engines = [each for worker in cluster.workers for each in child_processes(worker.process_id)]
    if engines:
        kill(cluster.chance.choice(engines))


def drain_worker(cluster: Cluster) -> None:
    """SIGTERM of a worker: it gives back what it can't finish, and another one begins."""
    worker = cluster.chance.choice(cluster.workers)
    worker.stop()
    worker.start()


def freeze_node(cluster: Cluster) -> None:
    """SIGSTOP of an API node for a while."""
    _freeze(cluster, cluster.chance.choice(cluster.nodes))


def freeze_worker(cluster: Cluster) -> None:
    """SIGSTOP of a worker past every lease that it holds, and SIGCONT: its ends come too late."""
    _freeze(cluster, cluster.chance.choice(cluster.workers))


def restart_database(cluster: Cluster) -> None:
    """The database is stopped with its connections, and comes back."""
    cluster.postgres.stop()
    cluster.wait(0, 2)
    cluster.postgres.start()


def crash_database(cluster: Cluster) -> None:
    """The database ends without tidying up, and recovers from its log."""
    cluster.postgres.stop(signal.SIGQUIT)
    cluster.wait(0, 2)
    cluster.postgres.start()


def cut_line(cluster: Cluster) -> None:
    """The far worker's line goes dead past its leases, with nobody told; then it is whole again."""
    cluster.far_end.cut()
    cluster.wait(0.5 * LEASE_SECONDS, 3 * LEASE_SECONDS)
    cluster.far_end.mend()


def freeze_objects(cluster: Cluster) -> None:
    """The object store answers nothing for a while."""
    cluster.s3.freeze()
    cluster.wait(1, 5)
    cluster.s3.thaw()


def _kill_with_engines(running: RunningKaiga) -> None:
    """No engine may survive its worker."""
    engines = child_processes(running.process_id)
    running.kill()
    wait_until(lambda: not any(map(is_alive, engines)), "the engines are gone")


def _freeze(cluster: Cluster, running: RunningKaiga) -> None:
    with stopped(running.process_id):
        cluster.wait(1.2 * LEASE_SECONDS, 2.5 * LEASE_SECONDS)


DISTURBANCES: Mapping[str, Callable[[Cluster], None]] = {
    "kill a node": kill_node,
    "kill a worker": kill_worker,
    "kill an engine": kill_engine,
    "drain a worker": drain_worker,
    "freeze a node": freeze_node,
    "freeze a worker": freeze_worker,
    "restart the database": restart_database,
    "crash the database": crash_database,
    "cut a line": cut_line,
    "freeze the objects": freeze_objects,
}
