"""The analyzer of presidio-analyzer behind `GET /health` and `POST /analyze`, as Presidio's app.py has them."""
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import spacy
from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine


class BlankEngine(SpacyNlpEngine):
    """Words and nothing else: patterns need no more."""

    def __init__(self):
        super().__init__(ner_model_configuration=NerModelConfiguration(labels_to_ignore=[]))
        self.nlp = {"en": spacy.blank("en")}

    def load(self):
        pass


registry = RecognizerRegistry()
registry.load_predefined_recognizers(languages=["en"])
analyzer = AnalyzerEngine(registry=registry, nlp_engine=BlankEngine(), supported_languages=["en"])
batch = BatchAnalyzerEngine(analyzer)
KEPT = ("entities", "score_threshold", "context", "allow_list")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, "Presidio Analyzer service is up")

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        options = {name: request[name] for name in KEPT if request.get(name) is not None}
        try:
            if isinstance(request["text"], list):
                found = batch.analyze_iterator(texts=request["text"], language=request["language"], **options)
                self.answer(200, [[result.to_dict() for result in one] for one in found])
            else:
                found = analyzer.analyze(text=request["text"], language=request["language"], **options)
                self.answer(200, [result.to_dict() for result in found])
        except Exception as error:  # as the original: whatever it is, 500
            self.answer(500, {"error": str(error)})

    def log_message(self, form, *values):
        print(form % values, flush=True)


print("ready", flush=True)
ThreadingHTTPServer(("0.0.0.0", 3000), Handler).serve_forever()
