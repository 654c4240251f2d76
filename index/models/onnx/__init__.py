"""Models that ONNX Runtime runs without torch."""
