"""Transparency log primitives (C2SP tlog-tiles, RFC 6962, RFC 8785). Pure."""
