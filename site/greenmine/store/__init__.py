"""Tables, the queries beside them, the transaction, and apply(act): the only writer of public rows."""
