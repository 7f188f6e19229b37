"""Spreadsheets → holdings and sheet crosswalks."""
