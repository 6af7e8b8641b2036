"""Analysis of website traffic: pure functions on frames. Knows nothing of Streamlit or Altair."""
