import pandas as pd


def total_by_customer(orders):
    return orders.groupby("customer")["amount"].sum()


def with_city(orders, customers):
    return orders.merge(customers, on="customer", how="left")


def statistics(orders):
    return orders.groupby("customer")["amount"].agg(["count", "mean", "max"])


def monthly(orders):
    return orders.groupby(orders["day"].dt.to_period("M"))["amount"].sum()


def pivot(orders):
    data = orders.assign(month=orders["day"].dt.month)
    return data.pivot_table(index="customer", columns="month", values="amount", aggfunc="sum", fill_value=0)


def share(orders):
    return orders["amount"] / orders.groupby("customer")["amount"].transform("sum")


def best_customer(orders):
    return total_by_customer(orders).idxmax()


def without_orders(orders, customers):
    return customers.loc[~customers["customer"].isin(orders["customer"]), "customer"].tolist()


def cumulative(orders):
    result = orders.sort_values("order").reset_index(drop=True)
    result["running"] = result.groupby("customer")["amount"].cumsum()
    return result


def by_customer_and_month(orders):
    month = orders["day"].dt.month.rename("month")
    return orders.groupby(["customer", month])["amount"].sum()


def sizes(orders):
    return pd.cut(orders["amount"], [0, 20, 40, 1000], labels=["small", "medium", "large"])


def missing(frame):
    return frame.isna().sum().to_dict()
