"""A real SMTP server (aiosmtpd) for tests. Says "ready PORT" once it listens, then one JSON line for each mail it
has accepted: {"from", "to", "data"}. Rules as arguments: see the parser."""
import argparse
import asyncio
import json
import ssl

from aiosmtpd.smtp import SMTP, AuthResult

parser = argparse.ArgumentParser()
parser.add_argument("--certificate")  # PEM: offers STARTTLS, and takes no mail without
parser.add_argument("--key")
parser.add_argument("--user")  # user:password, asked for after STARTTLS
parser.add_argument("--reply", action="append", default=[])  # "rcpt 550 No such user here": instead of 250
parser.add_argument("--limit", type=int, default=1 << 20)  # bytes of a mail
options = parser.parse_args()
replies = dict(rule.split(" ", 1) for rule in options.reply)


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if "mail" in replies:
            return replies["mail"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if "rcpt" in replies:
            return replies["rcpt"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if "data" in replies:
            return replies["data"]
        mail = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "data": envelope.content.decode("utf-8")}
        print(json.dumps(mail), flush=True)
        return "250 Taken"


def authenticate(server, session, envelope, mechanism, data):
    given = (data.login + b":" + data.password).decode()
    return AuthResult(success=given == options.user)


def make():
    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)
    return SMTP(
        Handler(),
        hostname="localhost",
        tls_context=context,
        require_starttls=context is not None,
        auth_required=options.user is not None,
        authenticator=authenticate if options.user else None,
        data_size_limit=options.limit,
    )


async def main():
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
