"""Mutants of what models declare for release: typos, other kinds, columns moved, marts of other subjects."""

import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

Node = dict[str, Any]
Nodes = dict[str, Node]
KINDS = (
    "school", "authority", "schools", "reference", "school_reasons", "authority_reasons", "school_persistent",
    "authority_persistent", "month_history", "similar_schools", "clusters", "cluster_attendance", "shcool", "releases",
    "exclusions", "School", "", 3, None,
)  # fmt: skip
PERSONAL = ("quasi_identifier", "special_category", "operational", "direct_identifier")


def typo(generator: random.Random, word: str) -> str:
    """A word with a letter left out, doubled, swapped or changed."""
    place = generator.randrange(max(len(word) - 1, 1))
    return generator.choice(
        [
            word[:place] + word[place + 1 :],
            word[:place] + word[place : place + 1] * 2 + word[place + 1 :],
            word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :],
            word[:place] + "x" + word[place + 1 :],
        ]
    )


class Mutant:
    """A project with one thing changed. ``mart`` is where, ``what`` says how."""

    def __init__(self, nodes: Nodes, seed: int) -> None:
        self.generator = random.Random(seed)
        self.nodes = deepcopy(nodes)
        self.key = self.generator.choice(sorted(self.nodes))
        self.node = self.nodes[self.key]
        self.release: dict[str, Any] = self.node["config"]["meta"]["release"]
        self.mart = str(self.node["alias"])
        self.what = ""
        names = sorted(name for name in dir(self) if name.startswith("change_"))
        for name in self.generator.sample(names, len(names)):
            change: Callable[[], bool] = getattr(self, name)
            if change():
                self.what = name.removeprefix("change_")
                return

    def _pick(self, found: Any) -> Any:
        return self.generator.choice(sorted(found)) if found else None

    def _measures(self) -> list[tuple[str, str]]:
        groups = self.release.get("groups") or {}
        return [(group, measure) for group, measures in groups.items() for measure in measures]

    def _add_column(self, name: str, privacy: str = "public") -> None:
        self.node["columns"][name] = {
            "name": name, "data_type": "integer", "description": "", "config": {"meta": {"privacy": privacy}},
        }  # fmt: skip

    def change_a_key_of_the_declaration(self) -> bool:
        name = self._pick(self.release)
        self.release[typo(self.generator, name)] = self.release.pop(name)
        return True

    def change_its_kind(self) -> bool:
        before = self.release["kind"]
        self.release["kind"] = self.generator.choice([kind for kind in KINDS if kind != before])
        return True

    def change_by_leaving_out_a_key(self) -> bool:
        name = self._pick(set(self.release) - {"shared"})
        self.release.pop(name)
        return True

    def change_a_groups_name(self) -> bool:
        groups = self.release.get("groups") or {}
        if (name := self._pick(groups)) is None:
            return False
        groups[typo(self.generator, name)] = groups.pop(name)
        return True

    def change_a_name(self) -> bool:
        lists = [self.release[key] for key in ("keys", "stamps", "exact_only") if self.release.get(key)]
        lists += (self.release.get("groups") or {}).values()
        names = self.generator.choice(lists)
        place = self.generator.randrange(len(names))
        names[place] = typo(self.generator, names[place])
        return True

    def change_the_group_of_a_measure(self) -> bool:
        groups = self.release.get("groups") or {}
        if len(groups) < 2:
            return False
        group, measure = self.generator.choice(self._measures())
        groups[group].remove(measure)
        groups[self._pick(set(groups) - {group})].append(measure)
        return True

    def change_a_measure_to_a_stamp(self) -> bool:
        if not self._measures():
            return False
        group, measure = self.generator.choice(self._measures())
        self.release["groups"][group].remove(measure)
        self.release.setdefault("stamps", []).append(measure)
        return True

    def change_an_inner_column_to_be_seen(self) -> bool:
        inner = self.release.get("exact_only") or []
        if not inner:
            return False
        name = self.generator.choice(inner)
        inner.remove(name)
        into = self.generator.choice(["nowhere", "stamps", "keys", "group", "new group"])
        if into == "group" and self.release.get("groups"):
            self.release["groups"][self._pick(self.release["groups"])].append(name)
        elif into == "new group":
            self.release.setdefault("groups", {})["further"] = [name]
        elif into in ("stamps", "keys"):
            self.release.setdefault(into, []).append(name)
        self.node["columns"][name]["config"] = {"meta": {"privacy": "public"}}
        return True

    def change_by_leaving_out_all_inner_columns(self) -> bool:
        return self.release.pop("exact_only", None) is not None

    def change_the_keys(self) -> bool:
        keys = self.release["keys"]
        if self.generator.random() < 0.5:
            keys.remove(self.generator.choice(keys))
        else:
            keys.append(self._pick(set(self.node["columns"]) - set(keys)))
        return True

    def change_a_column_of_the_model(self) -> bool:
        name = self._pick(self.node["columns"])
        column = self.node["columns"].pop(name)
        if self.generator.random() < 0.5:
            new = typo(self.generator, name)
            self.node["columns"][new] = {**column, "name": new}
        return True

    def change_by_a_new_column(self) -> bool:
        name = self.generator.choice(["exclusions", "looked_after", "behind_looked_after", "pupils_2", "ethnicity"])
        self._add_column(name, self.generator.choice(["public", *PERSONAL]))
        into = self.generator.choice(["nowhere", "stamps", "keys", "group", "new group"])
        if into == "group" and self.release.get("groups"):
            self.release["groups"][self._pick(self.release["groups"])].append(name)
        elif into == "new group":
            self.release.setdefault("groups", {})["counts"] = [name]
        elif into in ("stamps", "keys"):
            self.release.setdefault(into, []).append(name)
        return True

    def change_by_a_new_breakdown(self) -> bool:
        keys = self.release["keys"]
        found = {"sex", "stage", "deprivation_group", "simd_quintile"} & {*keys}
        if not found:
            return False
        before, now = self._pick(found), self.generator.choice(["ethnicity", "looked_after", "support_need"])
        self.release["keys"] = [now if key == before else key for key in keys]
        self.node["columns"][now] = {**self.node["columns"].pop(before), "name": now}
        return True

    def change_the_marts_name(self) -> bool:
        self.node["alias"] = self.generator.choice([typo(self.generator, self.mart), f"{self.mart}_2", "exclusions"])
        return True

    def change_by_a_mart_of_another_subject(self) -> bool:
        node = deepcopy(self.node)
        subject = self.generator.choice(["exclusions", "attainment", "support_needs", "roll"])
        node["name"] = node["alias"] = self.mart.replace("attendance", subject) + "_of_" + subject
        node["config"]["meta"]["release"]["kind"] = self.generator.choice([self.release["kind"], "school", "reference"])
        self.nodes[f"model.{node['name']}"] = node
        self.mart = node["alias"]
        return True

    def change_by_declaring_it_twice(self) -> bool:
        self.nodes["model.second"] = {**deepcopy(self.node), "name": "second"}
        return True

    def change_by_leaving_the_mart_out(self) -> bool:
        if self.release["kind"] not in ("school", "authority", "school_reasons", "authority_persistent"):
            return False
        del self.nodes[self.key]
        return True

    def change_who_shares_it(self) -> bool:
        before = self.release.get("shared")
        self.release["shared"] = self.generator.choice(
            [True, {self.release["keys"][0]: ["a"]}, {"nowhere": ["a"]}, {self.release["keys"][-1]: []}, "all", 1]
        )
        return bool(self.release["shared"] != before)

    def change_the_form(self) -> bool:
        self.node["config"]["meta"]["release"] = self.generator.choice(
            [[], "school", True, 1, {"kind": {}}, {"kind": "school", "keys": "all"}, {**self.release, "groups": []},
             {**self.release, "exact_only": "behind_pupils"}, {**self.release, "keys": [["sector"]]}]
        )  # fmt: skip
        return True

    def change_where_exact_rows_stand(self) -> bool:
        self.node["schema"] = self.generator.choice(["canonical", "pseudonymised", "vault", "aggregated", "raw"])
        return True

    def change_the_class_of_a_column(self) -> bool:
        column = self.node["columns"][self._pick(self.node["columns"])]
        column["config"] = {"meta": {"privacy": self.generator.choice(["public", *PERSONAL])}}
        return True

    def change_nothing_that_matters(self) -> bool:
        for names in (self.release["keys"], self.release.get("stamps") or [], self.release.get("exact_only") or []):
            self.generator.shuffle(names)
        self.node["description"] += " Said otherwise."
        return True
