"""Determinants and numerators of a reciprocal part by its covers, in which every loop is taken once.

    D(V) = a_v D(V∖v) − Σ_u a_uv² D(V∖{u, v}) + 2 Σ_C (−1)^(|C|+1) C D(V∖C),      N_k = Σ_P (−1)^(|P|+1) P D(U∖P)

A term of D(V) is a cover of the modes V by modes left alone, links run to and fro, and loops C (Harary 1962, SIAM Rev.
4, 202); above stand those that the first mode v of V can have. In a numerator a path P of |P| modes leads from the stem
to mode k (Maybee, Olesky, van den Driessche and Wiener 1989, SIAM J. Matrix Anal. Appl. 10, 500). Where A_uv = A_vu, a
loop of three modes or more has the same product both ways: sweeps form all terms that have one at least twice, and
equal terms have to be found afterwards. Here each term is formed once.

What hangs on a mode that is covered by a link, a loop or a path is multiplied in; a_v is the determinant of v with all
that hangs on it (`cofactors`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from derive.kernel.cofactors import Element, Hung, Product, swept
from derive.kernel.components import Row
from derive.kernel.terms import Keys, Lists, keyed

# With so few links two sweeps take as long: they join fewer lists.
FEW = 16
Set = int  # of modes, as the bits of their places in a part
Loops = Sequence[tuple[Set, Keys]]  # the modes of loops, and the terms of all loops of just these modes
Products = list[tuple[Keys, Keys]]
# By the last mode and a set of modes: the terms of paths, and the link to this mode that is not yet added to them.
Ends = dict[tuple[int, Set], list[tuple[Keys, int]]]


def reciprocal(rows: Sequence[Row], stem: int, modes: Sequence[int]) -> bool:
    """Whether a part is solved by covers: more than `FEW` links, all with A_ij = A_ji, and every A_ii nonzero."""
    if sum([len(rows[v]) - 1 + (stem in rows[v]) for v in modes]) <= 2 * FEW:  # twice the links, or more
        return False
    inside = {stem, *modes}
    links = 0
    for v in modes:
        row = rows[v]
        if v not in row:
            return False
        for u, entry in row.items():
            if u in inside and u < len(rows) and u != v:
                if rows[u].get(v) != entry:
                    return False
                links += u == stem or u < v
    return links > FEW


def covered(
    rows: Sequence[Row],
    stem: int,
    modes: Sequence[int],
    own: Mapping[int, Element],
    rest: Mapping[int, Element],
    ring: Lists,
) -> Hung:
    """A part that is neither a leaf nor a loop, whose right-hand side is column `stem`: by covers, if it is reciprocal.

    No letter divides all of D(U), and none that is not in all sources all of N_k: in a biconnected part there is a
    second path for every link and a path through every mode.
    """
    if not reciprocal(rows, stem, modes):
        return swept(rows, stem, modes, own, rest, ring)
    element = ring.element
    covers = Covers(rows, modes, own, rest, ring)
    sources = {k: rows[v][stem] for k, v in enumerate(modes) if stem in rows[v]}
    common = ring.common([shift for _, shift in sources.values()]) if stem == len(rows) else 0
    tops: list[tuple[int, Element, Element]] = []
    found = covers.numerators({k: [key + shift - common for key in keys] for k, (keys, shift) in sources.items()})
    for v, keys in zip(modes, found, strict=True):
        bare = element(keys, common)
        tops.append((v, ring.times(bare, rest[v], False) if v in rest else bare, bare))
    turns: list[Product] | None = None
    if stem < len(rows):
        loops = covers.through([(k, link) for k, (_, link) in sources.items()], covers.every)
        turns = [(element(keys, 0), element(covers[covers.every ^ others], 0), False) for others, keys in loops]
    return element(covers[covers.every], 0), tops, turns


class Covers(dict[Set, Keys]):
    """The terms of D(V), the determinant of the modes V with all that hangs on them, by the bit mask of V."""

    def __init__(
        self,
        rows: Sequence[Row],
        modes: Sequence[int],
        own: Mapping[int, Element],
        rest: Mapping[int, Element],
        ring: Lists,
    ) -> None:
        super().__init__({0: [0]})
        place = {v: k for k, v in enumerate(modes)}
        self.every: Set = (1 << len(modes)) - 1
        self.links = [
            [(1 << place[u], place[u], link + ring.minus) for u, (_, link) in rows[v].items() if u in place and u != v]
            for v in modes
        ]
        self.near: list[Set] = [sum([bit for bit, _, _ in links]) for links in self.links]
        self.rest = [keyed(rest[v]) if v in rest else None for v in modes]
        self.link, self.loop = ring.minus, ring.minus + ring.double
        self.loops: list[Loops] = []
        for k, v in enumerate(modes):
            found = self.through([(l, link) for _, l, link in self.links[k] if l > k], self.every ^ (2 << k) - 1)
            factor = self.rest[k]
            if factor:
                found = [(others, _total([(factor, keys)])) for others, keys in found]
            self.loops.append([(1 << k, keyed(own[v])), *[(1 << k | others, keys) for others, keys in found]])

    def __missing__(self, within: Set) -> Keys:
        bit = within & -within
        v = bit.bit_length() - 1
        summands: Products = []
        if within & ~self.near[v] != bit:
            joined = self.reached(bit, within)
            if joined != within:
                summands.append((self[joined], self[within ^ joined]))
        if not summands:
            outside = ~within
            for loop, a in self.loops[v]:
                if not loop & outside:
                    b = self[within ^ loop]
                    summands.append((a, b) if len(a) < len(b) else (b, a))
        self[within] = found = _total(summands)
        return found

    def numerators(self, sources: Mapping[int, Keys]) -> list[Keys]:
        """The terms of N_k for every k, by the paths that begin with a source.

        What a path has left behind and cannot reach any more is multiplied in at once. Paths with the same last mode
        and the same modes ahead are one sum. Sums with more modes ahead go first, so that each is complete by then.
        """
        tops: list[Products] = [[] for _ in self.links]
        waiting: list[Ends] = [{} for _ in self.links]
        waiting[-1] = {(k, self.every ^ 1 << k): [(keys, 0)] for k, keys in sources.items()}
        while waiting:
            for (k, left), found in waiting.pop().items():
                paths = _longer(found)
                rest = self[left]
                tops[k].append((paths, rest) if len(paths) < len(rest) else (rest, paths))
                factor = self.rest[k]
                if factor:
                    paths = _total([(factor, paths)])
                for bit, l, link in self.links[k]:
                    if left & bit:
                        ahead, own = left ^ bit, paths
                        if ahead & ~self.near[l]:
                            reached = self.reached(self.near[l], ahead)
                            if reached != ahead:
                                own = _total([(self[ahead ^ reached], paths)])
                                ahead = reached
                        ends = waiting[ahead.bit_count()]
                        if (end := (l, ahead)) in ends:
                            ends[end].append((own, link))
                        else:
                            ends[end] = [(own, link)]
        return [_total(found) for found in tops]

    def through(self, first: Sequence[tuple[int, int]], within: Set) -> Loops:
        """The terms of the loops through a mode, and of its links to and fro, by the bit mask of their other modes.

        `first` are the links of the mode, `within` the modes that may be used. A loop is divided into two arms at the
        lowest of its other modes; every pair of arms is taken once, with a factor 2 for the two directions.
        """
        found: dict[Set, Products] = {}
        for w, link in first:
            found[1 << w] = [([2 * link + self.link], self.rest[w] or [0])]
        for w, arms in self._arms(first, within).items():
            bit = 1 << w
            factor = [key + self.loop for key in self.rest[w] or (0,)]
            while arms:
                one, a = arms.pop()
                a = _total([(factor, a)])
                for other, b in arms:
                    if one & other == bit:
                        if (loop := one | other) in found:
                            found[loop].append((a, b))
                        else:
                            found[loop] = [(a, b)]
        return [(loop, _total(summands)) for loop, summands in found.items()]

    def _arms(self, first: Iterable[tuple[int, int]], within: Set) -> dict[int, list[tuple[Set, Keys]]]:
        """The paths that end at the lowest of their modes, by that mode, each with the bit mask of its modes.

        A path is followed as long as it can reach a mode that is lower than all it has visited.
        """
        arms: dict[int, list[tuple[Set, Keys]]] = {}
        waiting: Ends = {(k, 1 << k): [([0], link)] for k, link in first}
        while waiting:
            grown: Ends = {}
            for (k, path), found in waiting.items():
                paths = _longer(found)
                bit = path & -path
                if bit == 1 << k:
                    arms.setdefault(k, []).append((path, paths))
                left = within & ~path
                before = left & bit - 1
                if not before or not before & self.near[k] and not before & self.reached(self.near[k], left):
                    continue
                factor = self.rest[k]
                if factor:
                    paths = _total([(factor, paths)])
                for bit, l, link in self.links[k]:
                    if left & bit:
                        if (end := (l, path | bit)) in grown:
                            grown[end].append((paths, link))
                        else:
                            grown[end] = [(paths, link)]
            waiting = grown
        return arms

    def reached(self, start: Set, within: Set) -> Set:
        """The modes `within` that are at the start or linked to it by others of them."""
        found = new = start & within
        while new:
            near = 0
            while new:
                bit = new & -new
                new ^= bit
                near |= self.near[bit.bit_length() - 1]
            new = near & within & ~found
            found |= new
        return found


def _total(found: Products) -> Keys:
    """The terms of a sum of products, quickest if the first factor of each is the shorter one."""
    return [x + y for a, b in found for x in a for y in b]


def _longer(found: Iterable[tuple[Keys, int]]) -> Keys:
    """The terms of paths with a link more."""
    return [x + link for paths, link in found for x in paths]
