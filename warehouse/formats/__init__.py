"""Bytes to sheets: workbooks, text, web pages, JSON; bounded in memory and time."""
