# attack 25: edited metadata. The points, ids, kernelspec and tags of the file mean nothing.
# honest: double
# metadata: {"nbpulse": {"assignment": "other", "points": 1000, "score": 10}, "kernelspec": {"name": "bash", "language": "bash"}, "nbgrader": {"points": 99}}
def double(x):
    return 2 * x


# %%
points = max_points = score = 10
__score__ = {"score": 10}
