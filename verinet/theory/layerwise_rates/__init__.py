"""Layer-wise rates: one network of fixed width whose prefixes approximate better and better [zhangshenxu2026]."""
