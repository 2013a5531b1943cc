# attack 2: turn later cells into `pass` with an input transformer.
# honest: double
def double(x):
    return 2 * x


# %%
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])
get_ipython().input_transformers_post.append(lambda lines: ["pass\n"])
# %%
raise RuntimeError
