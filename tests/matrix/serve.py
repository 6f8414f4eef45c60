"""A throw-away Synapse on a port of loopback: SQLite, no federation, no limits but those that a test sets.

Usage: serve.py FOLDER PORT. It prints "ready" when it answers, and ends when its input does: with the tests.
"""

import os
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request

CONFIG = """
server_name: "wenda.test"
pid_file: "{folder}/pid"
listeners:
  - port: {port}
    type: http
    bind_addresses: ["127.0.0.1"]
    resources:
      - names: [client]
database:
  name: sqlite3
  args:
    database: "{folder}/homeserver.db"
log_config: "{folder}/log.yaml"
media_store_path: "{folder}/media"
signing_key_path: "{folder}/signing.key"
registration_shared_secret: "shared"
macaroon_secret_key: "macaroon"
form_secret: "form"
trusted_key_servers: []
suppress_key_server_warning: true
report_stats: false
bcrypt_rounds: 4
presence: {{enabled: false}}
allow_public_rooms_without_auth: false
rc_message: {{per_second: 1000, burst_count: 1000}}
rc_registration: {{per_second: 1000, burst_count: 1000}}
rc_joins:
  local: {{per_second: 1000, burst_count: 1000}}
rc_invites:
  per_room: {{per_second: 1000, burst_count: 1000}}
  per_user: {{per_second: 1000, burst_count: 1000}}
  per_issuer: {{per_second: 1000, burst_count: 1000}}
rc_login:
  address: {{per_second: 1000, burst_count: 1000}}
  account: {{per_second: 1000, burst_count: 1000}}
  failed_attempts: {{per_second: 1000, burst_count: 1000}}
rc_room_creation: {{per_second: 1000, burst_count: 1000}}
rc_reports: {{per_second: 1000, burst_count: 1000}}
"""

LOG = """
version: 1
formatters: {{plain: {{format: "%(asctime)s %(levelname)s %(name)s %(message)s"}}}}
handlers: {{file: {{class: logging.FileHandler, formatter: plain, filename: "{folder}/log"}}}}
root: {{level: WARNING, handlers: [file]}}
"""


def healthy(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def main():
    folder, port = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "homeserver.yaml"
    config.write_text(CONFIG.format(folder=folder, port=port))
    (folder / "log.yaml").write_text(LOG.format(folder=folder))
    command = [sys.executable, "-m", "synapse.app.homeserver", "-c", str(config)]
    subprocess.run(command + ["--generate-keys"], check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=folder)
    try:
        while not healthy(port):
            if server.poll() is not None:
                sys.exit(f"Synapse ended with {server.returncode}; see {folder}/log")
            time.sleep(0.1)
        print("ready", flush=True)
        while os.read(0, 4096):
            pass
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
