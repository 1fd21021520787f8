"""What screens are drawn with: controls, fields, sheets, lists; nothing about being on call."""
