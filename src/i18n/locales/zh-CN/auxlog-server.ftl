# Messages of auxlog-server.
app-name = auxlog
