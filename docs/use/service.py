"""newsroles as an HTTP service: uvicorn --app-dir docs/use service:app. docs/use/recipes.md tells more."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from email.message import Message
from threading import local

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from newsroles import Article, InputError, Labeller, usable_cpus

MOST = 2_000_000  # bytes of a page: every request that waits holds one in memory
LONGEST = 1_000_000  # characters of a text, as newsroles label has it; of a page, it sees to that itself
QUEUE = 200  # pages that may wait or be labelled at once; more are asked to come again

mine = local()  # a Labeller for each thread


def load() -> None:
    mine.labeller = Labeller.load(threads=1)


def label(page: bytes, kind: str, charset: str) -> str:
    labeller: Labeller = mine.labeller
    is_html = kind in ("text/html", "application/xhtml+xml")
    labelled = labeller.label_html(page, charset) if is_html else labeller.label(article(page, charset))
    return labelled.to_json()  # the record of docs/use/record.md


def article(page: bytes, charset: str) -> Article:
    try:
        text = page.decode(charset or "UTF-8")
    except (UnicodeError, LookupError):
        step = "convert it, or send a page as text/html"
        raise InputError(f"the text is not {charset or 'UTF-8'}", step) from None
    if len(text) > LONGEST:
        raise InputError(f"longer than {LONGEST:,} characters", "split it into articles")
    return Article(text)  # which, unlike a bare str, is never taken for the path of a file


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    with ThreadPoolExecutor(usable_cpus(), initializer=load) as app.state.pool:
        await asyncio.wrap_future(app.state.pool.submit(int))  # without a model there is no service
        app.state.waiting = 0
        yield


app = FastAPI(title="newsroles", lifespan=lifespan)


def error(status: int, reason: str, next_step: str) -> JSONResponse:
    return JSONResponse({"reason": reason, "next_step": next_step}, status)


@app.exception_handler(HTTPException)
async def unknown(_: Request, found: HTTPException) -> JSONResponse:
    return error(found.status_code, str(found.detail), "POST a page to /label, or GET /health")


@app.get("/health")
async def health() -> dict[str, int]:
    return {"waiting": app.state.waiting}


@app.post("/label")
async def label_page(request: Request) -> Response:
    """Label the body: a page where Content-Type is text/html, else text, in UTF-8 or the charset it names."""
    if app.state.waiting >= QUEUE:
        return error(503, f"{QUEUE} pages are waiting", "send it again in a few seconds")
    app.state.waiting += 1
    try:
        page = bytearray()
        async for piece in request.stream():
            page += piece
            if len(page) > MOST:
                return error(413, f"longer than {MOST:,} bytes", "split it, or use newsroles label")
        header = Message()
        header["content-type"] = request.headers.get("content-type", "")
        kind, charset = header.get_content_type(), header.get_content_charset("")
        work = app.state.pool.submit(label, bytes(page), kind, charset)
        return Response(await asyncio.wrap_future(work), media_type="application/json")
    except InputError as found:
        return error(422, found.reason, found.next_step)
    finally:
        app.state.waiting -= 1
