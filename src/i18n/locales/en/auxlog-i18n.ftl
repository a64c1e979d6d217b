# What is wrong in a TOML file
toml-unknown-key = there is no key “{ $name }”; there are: { $known }
toml-missing-key = the key “{ $name }” is missing
toml-type = { $wanted ->
        [text] a text in quotes belongs here
        [truth] true or false belongs here
        [number] a fitting whole number belongs here
        [list] a list in [ ] belongs here
        [table] a set of “name = value” belongs here
       *[other] the value does not fit (wanted: { $must })
    }{ $found ->
        [text] , not a text
        [truth] , not true or false
        [number] , not this number
        [list] , not a list
        [table] , not a set of “name = value”
       *[other] , not { $value }
    }
toml-writing = { $fault ->
        [twice] the same key is written twice
        [no-value] “= value” is missing after the key
        [unquoted] a text must stand in quotes
        [unclosed] a bracket or a quote is not closed
       *[other] { $said }
    }
toml-other = not valid TOML (in the parser's words: { $said })
