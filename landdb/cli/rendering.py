"""landdb render: what maps and lists show, made ahead of questions."""

import time
from typing import Annotated

import typer

from landdb.cartography import rendering as drawing
from landdb.cli.options import CommunesArgument, ProvinceOption, chosen_communes
from landdb.cli.output import JsonOption, err, explained_errors, print_json, progress_bar, wants_json
from landdb.cli.session import session
from landdb.store import rendering


def render(
    communes: CommunesArgument = None,
    province: ProvinceOption = None,
    anew: Annotated[bool, typer.Option("--anew", help="Forget what was rendered before, of all communes.")] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Render parcels for maps and lists now, where they changed; `landdb serve` does so by itself in the background.

    Answers are right without it: what is not rendered yet is made on demand, only slower. After the first import of
    a province, or before measuring, this gets it over with.

    Examples:

      landdb render

      landdb render 99001 --anew
    """
    with explained_errors(), session() as (_, conn):
        if anew:
            with conn.transaction():
                rendering.begin_anew(conn)
        drawing.prepare(conn)
        chosen = [commune.commune_id for commune in chosen_communes(conn, communes, province)]
        started, total = time.monotonic(), rendering.count_parcels(conn, chosen)
        with progress_bar("parcels") as bar:
            done = drawing.render_communes(conn, chosen, progress=lambda rendered: bar(rendered, total))
        with progress_bar("communes") as bar:
            drawing.draw_summaries(conn, chosen, progress=bar)
        elapsed_s = time.monotonic() - started
    if wants_json(as_json):
        print_json({"communes": len(chosen), "parcels": total, "rendered": done, "seconds": round(elapsed_s, 1)})
    else:
        err.print(f"{done:,} of {total:,} parcels rendered in {elapsed_s:.1f} s", highlight=False)
