"""Writes metrics.json: rankings with grades, and what pytrec_eval says of them.

    pip install pytrec-eval-terrier==0.5.11 && python generate_metrics.py > metrics.json
"""
import json
import random

import pytrec_eval

random.seed(1)
cases = []
for number in range(150):
    documents = [f"d{i}" for i in range(random.choice([3, 12, 40]))]
    ranking = random.sample(documents, random.randint(1, len(documents)))
    judged = random.sample(documents, random.randint(1, len(documents)))
    grades = {document: random.choice([-1, 0, 0, 1, 1, 2, 5]) for document in judged}
    if max(grades.values()) <= 0:
        grades[judged[0]] = 1
    cases.append({"ranking": ranking, "grades": grades})

qrels = {str(i): case["grades"] for i, case in enumerate(cases)}
# Scores that fall, as trec_eval sorts by them. Reciprocal rank has no depth of its own there.
run = {str(i): {document: float(-place) for place, document in enumerate(case["ranking"])} for i, case in enumerate(cases)}
ten = {query: dict(list(scores.items())[:10]) for query, scores in run.items()}
whole = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut.10", "recall.10"}).evaluate(run)
short = pytrec_eval.RelevanceEvaluator(qrels, {"recip_rank"}).evaluate(ten)
for i, case in enumerate(cases):
    measured = whole[str(i)]
    case |= {"ndcg": measured["ndcg_cut_10"], "recall": measured["recall_10"], "mrr": short[str(i)]["recip_rank"]}
print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
