"""Keep the networks before and after the current one, so that changes can be taken back."""

from dataclasses import dataclass, field, replace

from cnnlab.core.network.network import Network

COALESCE_SECONDS = 1.0
MOST_STEPS = 100


@dataclass(frozen=True)
class History:
    """Hold the current network, those before it, and those that were taken back; the nearest are last.

    `before` is the network that any last change replaced, None before the first one. `version` grows with every
    change but those of a live control, so that controls know when to take new values. `control` is the one that moved
    last, `moved` when it did, in seconds.
    """

    network: Network = field(default_factory=Network.seed)
    past: tuple[Network, ...] = ()
    future: tuple[Network, ...] = ()
    before: Network | None = None
    version: int = 0
    control: str = ""
    moved: float = 0.0

    def changed(self, network: Network, control: str = "", now: float = 0.0) -> "History":
        """Go on with this network; quick changes of one control count as one step."""
        if network == self.network:
            return self
        same_move = control and control == self.control and now - self.moved < COALESCE_SECONDS
        return replace(
            self,
            network=network,
            past=self.past if same_move else (*self.past[-MOST_STEPS + 1 :], self.network),
            future=(),
            before=self.network,
            version=self.version if control else self.version + 1,
            control=control,
            moved=now,
        )

    def undone(self) -> "History":
        """Go back one step, if there is one."""
        if not self.past:
            return self
        return self._at(self.past[-1], self.past[:-1], (*self.future, self.network))

    def redone(self) -> "History":
        """Go forward one step again, if one was taken back."""
        if not self.future:
            return self
        return self._at(self.future[-1], (*self.past, self.network), self.future[:-1])

    def _at(self, network: Network, past: tuple[Network, ...], future: tuple[Network, ...]) -> "History":
        return History(network, past, future, self.network, self.version + 1)
