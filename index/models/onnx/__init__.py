"""The default model, run by ONNX Runtime without torch."""
