"""Every measure with its unit, formula and author: the one table of which all others are made."""

import re
from dataclasses import dataclass
from typing import Any

LEVEL, SHARE = "million USD", "ratio"
NOTATION = (
    "Z intermediate and Y final sales, x output, A = Z x̂⁻¹, B = (I - A)⁻¹, L the inverse of the "
    "domestic blocks of A, A_F the rest of A, v = u - uA value added in a unit of output (1 "
    "without output), e exports, E_sr those to r; s exporter, r importer, t and w others; B^{s̸} "
    "the inverse after the exports of s are cut from A, Y^{s̸} final demand without them; y_D "
    "final sales at home; û a diagonal matrix."
)


@dataclass(frozen=True)
class Measure:
    """What a column means. `unit` is that of a table in millions of dollars."""

    name: str
    unit: str
    formula: str
    text: str
    text_zh: str
    author: str
    year: int | None = None
    equation: str | None = None

    @property
    def source(self) -> str:
        """Author, year and equation."""
        place = f", equation {self.equation}" if self.equation else ""
        return f"{self.author} ({self.year}){place}" if self.year else self.author

    @property
    def made_of(self) -> tuple[str, ...]:
        """The measures that its formula names."""
        named = dict.fromkeys(re.findall(r"[a-z_0-9]+", self.formula))
        return tuple(name for name in named if name in MEASURES)

    @property
    def part_of(self) -> str | None:
        """The measure that it is a part of."""
        return next((whole for whole, part in _PARTS.items() if part.fullmatch(self.name)), None)

    @property
    def origin(self) -> str | None:
        """Whose value added it is the sum of: `own` or `foreign` in its exports, own `abroad`."""
        return _ORIGINS.get(self.name)


_PARTS = {
    "dva_content": re.compile("kww_[1-6]|dva_direct|dva_indirect|dva_reimported|vax|bm_dva|bm_ddc"),
    "fva_content": re.compile("kww_[7-9]|bm_fva"),
    "bm_dva": re.compile("bm_davax|bm_ref"),
    "exports": re.compile("exports_intermediate|exports_final"),
}
_ORIGINS = {"dva_content": "own", "fva_content": "foreign", "iv_unctad": "abroad"}


_OECD = ("OECD, Trade in Value Added indicators", 2023)
_KWW = ("Koopman, Wang and Wei, American Economic Review 104(2)", 2014, "36")
_KPWW = ("Koopman, Powers, Wang and Wei, NBER 16426", 2010)
_BM = ("Borin and Mancini, World Bank Policy Research Working Paper 8804", 2019)
_BM_SINK = ("Borin and Mancini, Economic Systems Research 35(4)", 2023)
_WANG = ("Wang, Wei, Yu and Zhu, NBER 23222", 2017)
_WANG_LENGTH = ("Wang, Wei, Yu and Zhu, NBER 23261", 2017)
_UP = ("Antràs, Chor, Fally and Hillberry, American Economic Review 102(3)", 2012)
_DOWN = ("Antràs and Chor, Econometrica 81(6)", 2013)
_ACCOUNTS = ("identity of the table",)
_JN = ("Johnson and Noguera, Journal of International Economics 86(2)", 2012)
_UNCTAD = ("UNCTAD, Global Value Chains and Development", 2013)


def _declared(*measures: Measure) -> dict[str, Measure]:
    return {measure.name: measure for measure in measures}


def _kww() -> list[Measure]:
    terms = [
        ("v_s B_ss Σ_r Y_sr", "domestic value added in final exports", "最终品出口中的国内增加值"),
        (
            "v_s Σ_r B_sr Y_rr",
            "domestic value added in inputs of the importer's own use",
            "被直接进口国吸收的中间品出口中的国内增加值",
        ),
        (
            "v_s Σ_r Σ_{t≠r,s} B_sr Y_rt",
            "domestic value added in inputs that go on to third countries",
            "被直接进口国再出口至第三国的中间品出口中的国内增加值",
        ),
        (
            "v_s Σ_r B_sr Y_rs",
            "domestic value added that returns in final goods",
            "以最终品返回的国内增加值",
        ),
        (
            "v_s Σ_r B_sr A_rs L_s Y_ss",
            "domestic value added that returns in inputs",
            "以中间品返回的国内增加值",
        ),
        ("v_s Σ_r B_sr A_rs L_s e_s", "domestic value added counted twice", "重复计算的国内增加值"),
        (
            "Σ_{t≠s} v_t B_ts Σ_r Y_sr",
            "foreign value added in final exports",
            "最终品出口中的国外增加值",
        ),
        (
            "Σ_{t≠s} v_t B_ts Σ_r A_sr L_r Y_rr",
            "foreign value added in exported inputs",
            "中间品出口中的国外增加值",
        ),
        (
            "Σ_{t≠s} v_t B_ts Σ_r A_sr L_r e_r",
            "foreign value added counted twice",
            "重复计算的国外增加值",
        ),
    ]
    return [
        Measure(f"kww_{number}", LEVEL, formula, text, text_zh, *_KWW)
        for number, (formula, text, text_zh) in enumerate(terms, start=1)
    ]


def _koopman() -> list[Measure]:
    variants: dict[str, tuple[str, tuple[Any, ...]]] = {
        "unctad": ("Σ_{r≠s} v_s B_sr e_r", _UNCTAD),
        "kpww": ("v_s B_ss Σ_r A_sr Σ_{w≠s,r} (BY)_rw", _KPWW),
        "kww3": ("kww_3", _KWW),
    }
    found = []
    for name, (formula, author) in variants.items():
        iv = f"iv_{name}"
        found += [
            Measure(
                iv,
                LEVEL,
                formula,
                "domestic value added in the exports of others",
                "他国出口中的本国增加值（前向间接增加值）",
                *author,
            ),
            Measure(
                f"participation_{name}",
                SHARE,
                f"({iv} + fva_content) / exports",
                "participation in value chains",
                "全球价值链参与度",
                *_KPWW,
            ),
            Measure(
                f"position_{name}",
                SHARE,
                f"ln(1 + {iv} / exports) - ln(1 + fva_content / exports)",
                "position in value chains: above 0 upstream",
                "全球价值链地位指数（大于零为上游）",
                *_KPWW,
            ),
        ]
    return found


def _sets() -> list[Measure]:
    found = []
    for name, (text, text_zh) in SETS.items():
        found += [
            Measure(
                f"{name}_content_domestic",
                LEVEL,
                "Σ_{i in set, s} v_i (B e_s)_i",
                f"value added at home of {text} in exports",
                f"出口中{text_zh}的国内增加值",
                *_OECD,
            ),
            Measure(
                f"{name}_content_foreign",
                LEVEL,
                "Σ_{t≠s} Σ_{i in set, t} v_i (B e_s)_i",
                f"value added abroad of {text} in exports",
                f"出口中{text_zh}的国外增加值",
                *_OECD,
            ),
            Measure(
                f"{name}_exports_direct",
                LEVEL,
                "Σ_{i in set} e_si",
                f"exports of {text}",
                f"{text_zh}的出口",
                *_OECD,
            ),
            Measure(
                f"{name}_value_added_share",
                SHARE,
                f"({name}_content_domestic + {name}_content_foreign) / exports",
                f"value added of {text}, anywhere, in exports",
                f"出口中{text_zh}的增加值份额",
                *_OECD,
            ),
        ]
    return found


# Sets of industries whose value added in exports is measured; `digital` is what the study's
# alternative treatment takes
SETS = {
    "ict_goods": ("computers and electronics", "计算机和电子产品"),
    "ict_services": ("telecommunication and computing services", "电信和计算机服务"),
    "information": (
        "publishing, broadcasting, telecommunication and computing services",
        "出版、广播、电信和计算机服务",
    ),
    "digitally_deliverable": (
        "services that can be delivered over networks",
        "可数字化交付服务",
    ),
    "digital": (
        "computers and electronics, telecommunication and computing services",
        "计算机和电子产品、电信和计算机服务",
    ),
    "manufacturing": ("manufactures", "制成品"),
}
BY_PARTNER = "manufacturing"  # the set whose sales are measured by partner, too

MEASURES: dict[str, Measure] = _declared(
    Measure("exports", LEVEL, "e_s = Σ_r E_sr, E_sr = Z_sr u + Y_sr", "exports", "出口", *_OECD),
    Measure("exports_intermediate", LEVEL, "Σ_r Z_sr u", "exports of inputs", "中间品出口", *_OECD),
    Measure("exports_final", LEVEL, "Σ_r Y_sr", "exports for final use", "最终品出口", *_OECD),
    Measure("output", LEVEL, "x = Zu + Yu", "gross output: what is sold", "总产出", *_ACCOUNTS),
    Measure(
        "value_added",
        LEVEL,
        "v x, v = u - uA",
        "value added, net taxes too",
        "增加值（含净税收）",
        *_ACCOUNTS,
    ),
    Measure(
        "dva_content",
        LEVEL,
        "v_s B_ss e_s",
        "domestic value added in exports",
        "出口中的国内增加值",
        *_OECD,
    ),
    Measure(
        "fva_content",
        LEVEL,
        "Σ_{t≠s} v_t B_ts e_s",
        "foreign value added in exports",
        "出口中的国外增加值",
        *_OECD,
    ),
    Measure(
        "dva_share",
        SHARE,
        "dva_content / exports",
        "domestic share of exports",
        "出口国内增加值率",
        *_OECD,
    ),
    Measure(
        "fva_share",
        SHARE,
        "fva_content / exports",
        "foreign share of exports",
        "出口国外增加值率",
        *_OECD,
    ),
    Measure(
        "dva_direct",
        LEVEL,
        "v̂_s diag(L_s) e_s",
        "value added by the exporting industry",
        "出口行业自身的直接国内增加值",
        *_OECD,
    ),
    Measure(
        "dva_indirect",
        LEVEL,
        "v_s (L_s - diag(L_s)) e_s",
        "value added by suppliers at home of the exporting industry",
        "出口行业国内供应商的间接国内增加值",
        *_OECD,
    ),
    Measure(
        "dva_reimported",
        LEVEL,
        "v_s (B_ss - L_s) e_s",
        "domestic value added that came back in imports",
        "经进口返回再出口的国内增加值",
        *_OECD,
    ),
    Measure(
        "vax",
        LEVEL,
        "Σ_{w≠s} v_s (BY)_sw",
        "value added absorbed abroad",
        "被国外吸收的国内增加值",
        *_JN,
    ),
    Measure(
        "vax_ratio",
        SHARE,
        "vax / exports",
        "value added absorbed abroad in a unit of exports",
        "增加值出口率",
        *_JN,
    ),
    Measure(
        "dfd_fva",
        LEVEL,
        "Σ_{t≠s} v_t (BY)_ts",
        "foreign value added in final demand",
        "最终需求中的国外增加值",
        *_OECD,
    ),
    Measure(
        "value_added_in_exports",
        LEVEL,
        "v_i (B e_s)_i",
        "value added of the industry in its country's exports",
        "本国出口中该行业的增加值",
        *_OECD,
    ),
    Measure(
        "value_added_in_foreign_exports",
        LEVEL,
        "v_i Σ_{r≠s} (B e_r)_i",
        "value added of the industry in the exports of others",
        "他国出口中该行业的增加值",
        *_OECD,
    ),
    *_kww(),
    *_koopman(),
    Measure(
        "bm_dva",
        LEVEL,
        "v_s L_s E_sr",
        "domestic value added, at its first exit",
        "首次出境时的国内增加值",
        *_BM,
    ),
    Measure(
        "bm_ddc",
        LEVEL,
        "v_s (B_ss - L_s) E_sr",
        "domestic content counted before",
        "此前已计入的国内成分",
        *_BM,
    ),
    Measure(
        "bm_fva",
        LEVEL,
        "Σ_{t≠s} v_t B^{s̸}_ts E_sr, B^{s̸}_ts = B_ts B_ss⁻¹ L_s",
        "foreign value added, at its first exit from the exporter",
        "首次离开出口国时的国外增加值",
        *_BM,
    ),
    Measure(
        "bm_fdc",
        LEVEL,
        "fva_content - bm_fva",
        "foreign content counted before",
        "此前已计入的国外成分",
        *_BM,
    ),
    Measure(
        "bm_davax",
        LEVEL,
        "v_s L_s (Y_sr + A_sr L_r Y_rr)",
        "domestic value added that the importer itself absorbs",
        "直接进口国自身吸收的国内增加值",
        *_BM,
    ),
    Measure(
        "bm_ref",
        LEVEL,
        "v_s L_s A_sr (BY)_rs",
        "domestic value added that returns",
        "返回的国内增加值",
        *_BM,
    ),
    Measure(
        "bm_gvc_backward",
        LEVEL,
        "exports - bm_dva",
        "trade with imported content",
        "后向参与的贸易",
        *_BM,
    ),
    Measure(
        "bm_gvc_forward",
        LEVEL,
        "bm_dva - bm_davax",
        "trade that is sold on",
        "前向参与的贸易",
        *_BM,
    ),
    Measure(
        "bm_gvc_backward_share",
        SHARE,
        "bm_gvc_backward / exports",
        "backward participation",
        "后向参与度",
        *_BM,
    ),
    Measure(
        "bm_gvc_forward_share",
        SHARE,
        "bm_gvc_forward / exports",
        "forward participation",
        "前向参与度",
        *_BM,
    ),
    Measure(
        "bm_dva_sink",
        LEVEL,
        "v_s B_ss (Y_sr + A_sr Σ_j B^{s̸}_rj Y^{s̸}_j)",
        "domestic value added, at its last exit",
        "末次出境时的国内增加值",
        *_BM_SINK,
    ),
    Measure(
        "bm_fva_sink",
        LEVEL,
        "Σ_{t≠s} v_t B_ts (Y_sr + A_sr Σ_j B^{s̸}_rj Y^{s̸}_j)",
        "foreign value added, at its last exit from the exporter",
        "末次离开出口国时的国外增加值",
        *_BM_SINK,
    ),
    Measure(
        "bm_ddc_sink",
        LEVEL,
        "dva_content - bm_dva_sink",
        "domestic content counted",
        "重复计入的国内成分",
        *_BM_SINK,
    ),
    Measure(
        "bm_fdc_sink",
        LEVEL,
        "fva_content - bm_fva_sink",
        "foreign content counted",
        "重复计入的国外成分",
        *_BM_SINK,
    ),
    Measure(
        "bm_ref_sink",
        LEVEL,
        "v_s B_ss A_sr Σ_j B^{s̸}_rj Y_js",
        "domestic value added that returns, at its last exit",
        "末次出境时返回的国内增加值",
        *_BM_SINK,
    ),
    Measure(
        "bm_world_dva",
        LEVEL,
        "v_s B_ss (Y_sr + A_sr L_r Y_rr)",
        "domestic value added, once in the trade of the world, at its last border",
        "世界贸易中只计一次的国内增加值（末次跨境）",
        *_BM_SINK,
    ),
    Measure(
        "bm_world_fva",
        LEVEL,
        "Σ_{t≠s} v_t B_ts (Y_sr + A_sr L_r Y_rr)",
        "foreign value added, once in the trade of the world, at its last border",
        "世界贸易中只计一次的国外增加值（末次跨境）",
        *_BM_SINK,
    ),
    Measure(
        "domestic_sales", LEVEL, "Σ_i (x - e)_si", "what is sold at home", "国内销售", *_ACCOUNTS
    ),
    Measure(
        f"{BY_PARTNER}_exports",
        LEVEL,
        "Σ_{i in set} E_sr,i",
        "exports of manufactures",
        "制成品出口",
        *_OECD,
    ),
    Measure(
        f"{BY_PARTNER}_domestic_sales",
        LEVEL,
        "Σ_{i in set} (x - e)_si",
        "manufactures that are sold at home",
        "制成品的国内销售",
        *_ACCOUNTS,
    ),
    Measure(
        "wang_forward",
        SHARE,
        "v̂LA_F B y / v̂x",
        "value added in chains across borders",
        "前向跨境生产链中的增加值份额",
        *_WANG,
    ),
    Measure(
        "wang_forward_simple",
        SHARE,
        "v̂LA_F L y_D / v̂x",
        "forward, across one border",
        "前向简单跨境份额",
        *_WANG,
    ),
    Measure(
        "wang_forward_complex",
        SHARE,
        "v̂LA_F (B y - L y_D) / v̂x",
        "forward, across two borders or more",
        "前向复杂跨境份额",
        *_WANG,
    ),
    Measure(
        "wang_backward",
        SHARE,
        "vLA_F Bŷ / y",
        "final production by chains across borders",
        "后向跨境生产链中的最终产出份额",
        *_WANG,
    ),
    Measure(
        "wang_backward_simple",
        SHARE,
        "vLA_F Lŷ_D / y",
        "backward, across one border",
        "后向简单跨境份额",
        *_WANG,
    ),
    Measure(
        "wang_backward_complex",
        SHARE,
        "vLA_F (Bŷ - Lŷ_D) / y",
        "backward, across two borders or more",
        "后向复杂跨境份额",
        *_WANG,
    ),
    Measure(
        "wang_plv",
        "stages",
        "(v̂LLA_F B y + v̂LA_F BB y) / v̂LA_F B y",
        "forward length of chains",
        "前向生产链长度",
        *_WANG_LENGTH,
    ),
    Measure(
        "wang_ply",
        "stages",
        "(vLLA_F Bŷ + vLA_F BBŷ) / vLA_F Bŷ",
        "backward length of chains",
        "后向生产链长度",
        *_WANG_LENGTH,
    ),
    Measure(
        "wang_position",
        SHARE,
        "wang_plv / wang_ply",
        "position in chains",
        "生产链位置",
        *_WANG_LENGTH,
    ),
    Measure(
        "upstreamness", "stages", "x̂⁻¹Bx, 1 where x = 0", "distance to final use", "上游度", *_UP
    ),
    Measure("downstreamness", "stages", "uB", "distance to primary inputs", "下游度", *_DOWN),
    Measure(
        "upstreamness_exports",
        "stages",
        "Σ e U / Σ e",
        "upstreamness weighted by exports",
        "出口加权上游度",
        *_UP,
    ),
    Measure(
        "upstreamness_output",
        "stages",
        "Σ x U / Σ x",
        "upstreamness weighted by output",
        "产出加权上游度",
        *_UP,
    ),
    Measure(
        "downstreamness_output",
        "stages",
        "Σ x D / Σ x",
        "downstreamness weighted by output",
        "产出加权下游度",
        *_DOWN,
    ),
    *_sets(),
)

_OF_INDUSTRIES_ALONE = {"upstreamness", "downstreamness"}
_OF_PARTNERS_ALONE = {
    name
    for name in MEASURES
    if name.endswith(("_sink", "domestic_sales")) or name == f"{BY_PARTNER}_exports"
}
# The columns of each table in their order
COLUMNS: dict[str, tuple[str, ...]] = {
    "country": tuple(
        name for name in MEASURES if name not in _OF_INDUSTRIES_ALONE | _OF_PARTNERS_ALONE
    ),
    "industry": tuple(
        name
        for name in MEASURES
        if name in _OF_INDUSTRIES_ALONE
        or (
            name.startswith(("exports", "dva_", "fva_content", "value_added", "wang_"))
            and name not in ("dva_share",)
        )
        or name == "output"
    ),
    "partner": tuple(
        name
        for name in MEASURES
        if name in _OF_PARTNERS_ALONE
        or (name.startswith(("exports", "bm_")) and "_gvc_" not in name)
        or name in ("dva_content", "fva_content")
    ),
    "origin": ("value_added",),
}
