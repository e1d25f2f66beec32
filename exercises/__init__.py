"""The exercises that ship with smile-coach, one module each; `exercise_registry.BUILT_IN` lists them."""
