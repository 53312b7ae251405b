"""The names of what the deep tier's heads tell, in the order of their outputs."""

LABELS = ("negative", "neutral", "positive")
TOPICS = (
    "account_access", "advertising_sales", "app_website", "appointment", "baggage", "billing", "cards_payments", "claims",
    "cleanliness", "communication", "contract_terms", "coverage_signal", "delivery", "device", "documentation", "features",
    "fees", "fit_size", "flight_schedule", "food_drink", "installation", "integrations", "internet_outage", "internet_speed",
    "loans_credit", "loyalty_program", "number_porting", "onboarding", "ordering", "packaging", "performance_bugs", "price_value",
    "privacy_security", "product_quality", "returns_refunds", "roaming", "room_facility", "safety", "seat_comfort", "staff",
    "stock_availability", "store_location", "support", "tv_service", "wait_time",
)
STAGES = ("discovery", "inquiry", "purchase", "fulfilment", "usage", "billing", "support", "renewal", "exit", "")
INTENTS = (
    "complaint", "praise", "question", "request", "suggestion", "cancel", "churn", "refund", "escalation", "thanks", "chitchat",
    "information",
)
EFFORT = ("", "hard", "easy")
EMOTIONS = ("anger", "disappointment", "sadness", "fear", "disgust", "joy", "gratitude", "surprise", "none")
# Heads of which several may hold at once, and heads of which one holds.
MANY = {"topics": TOPICS, "intents": INTENTS}
ONE = {"stage": STAGES, "effort": EFFORT, "emotion": EMOTIONS}
